import { lazy, Suspense, type ComponentType, type ReactNode } from "react";

/** A component whose code is loaded when it is shown first; nothing, or `meanwhile`, stands there until then. */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() }));
  return function Lazily(props: Props) {
    return (
      <Suspense fallback={meanwhile}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
