/** The texts of the question before a deployment is deleted. */
export const removeMessages = {
  title: (name: string) => `Delete ${name}?`,
  active: (name: string, endpoint: string) =>
    `The container of ${name} stops, and its logs go with it. The endpoint ${endpoint} goes too unless other deployments of yours use it. Your model stays.`,
  deploying: (name: string) => `The deployment of ${name} is cancelled, and what was made for it is removed. Your model stays.`,
  asleep: (name: string) => `${name} can no longer be woken or rolled back to. Its container is gone already. Your model stays.`,
  failed: (name: string) => `${name} leaves the list. What it made in the cloud is gone already. Your model stays.`,
  saves: (hour: string, month: string) => `This saves ${hour} an hour, about ${month} a month.`,
  costs: "It costs nothing now.",
  forGood: "This cannot be undone.",
  confirm: "Delete deployment",
  done: (name: string) => `${name} is deleted.`,
} as const;
