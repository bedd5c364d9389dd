import { CircleCheck } from "lucide-react";
import type { DeployModelResponse } from "@/lib/api/deployments";
import { deployMessages } from "@/lib/messages/deploy";
import { buttonClasses } from "../ui/button-classes";
import { Link } from "../ui/link";

export function Success({ name, accepted }: { name: string; accepted: DeployModelResponse }) {
  return (
    <div className="flex flex-col items-center gap-3 p-8 text-center" role="status">
      <CircleCheck className="size-12 text-good" aria-hidden />
      <h3 className="text-lg font-semibold">{deployMessages.successTitle}</h3>
      <p className="max-w-md break-words text-quiet">{deployMessages.success(name, accepted.endpoint_name)}</p>
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        <Link className={buttonClasses("primary")} href={`/dashboard/deployments/view/?id=${accepted.deployment_id}`}>
          {deployMessages.watch}
        </Link>
        <Link className={buttonClasses()} href="/dashboard/deployments/">
          {deployMessages.toList}
        </Link>
      </div>
    </div>
  );
}
