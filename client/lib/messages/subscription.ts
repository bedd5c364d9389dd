/** The texts of the subscription page. */
export const subscriptionMessages = {
  title: "Subscription",
  lead: "What you may use, and what is in use now.",
  active: "Live and deploying endpoints",
  deploying: "Deploying at once",
  requests: "Requests a minute",
  of: (used: string, limit: string) => `${used} of ${limit}`,
  modelSize: "Size of a model file",
  upTo: (limit: string) => `up to ${limit}`,
  running: "Running cost",
  runningText: "All active deployments together.",
  unknown: "Limits are not told by this version of the service.",
} as const;
