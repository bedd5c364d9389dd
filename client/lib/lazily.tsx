import { lazy, Suspense, type ComponentType } from "react";

/** A component whose code is loaded when it is shown first; nothing, or `Meanwhile`, stands there until then. */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>, Meanwhile?: ComponentType<Props>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() }));
  return function Lazily(props: Props) {
    return (
      <Suspense fallback={Meanwhile ? <Meanwhile {...props} /> : null}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
