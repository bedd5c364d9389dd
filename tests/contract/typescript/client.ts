// A small client as a stranger writes it, on the types that openapi-typescript generates.
// It is compiled, never run: what the contract promises must be there, what it does not must not.
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
type DeployRequest = Schemas["DeployRequest"];
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const sure = <T extends true>(_?: T): void => undefined;

// What a request may leave out is optional.
export const least: DeployRequest = { model_id: "7f9c2ba4-e88f-427d-81e0-ad2d67e0a7a1" };
export const more: DeployRequest = { ...least, instance_type: "Standard_DS2_v2", instance_count: 2 };
export const registered: Schemas["RegisterModel"] = { model_name: "iris", file_path: "u/m.joblib" };

// Sizes are data of the running app: any that it offers may be asked for.
export const offered = (size: Schemas["SizeOffer"]): DeployRequest => ({ ...least, instance_type: size.successor ?? size.name });

// What a request does not know does not compile.
// @ts-expect-error
export const unknownField: DeployRequest = { ...least, replicas: 2 };

// What a reply holds is there, and null where it says so.
export function title(row: Schemas["DeploymentRow"]): string {
  const model: string | null = row.model_id;
  const fix: string = row.error === null ? "" : row.error.fix;
  return `${row.deployment_name} ${row.trained_models?.model_name ?? model ?? ""} ${fix}`;
}
sure<Equal<Schemas["DeploymentRow"]["status"], "deploying" | "active" | "asleep" | "failed" | "deleted">>();
sure<Equal<Schemas["DeploymentRow"]["deployed_at"], string | null>>();
sure<Equal<Schemas["OperationDetail"]["kind"], | "deploy" | "delete" | "rotate_keys" | "change_traffic" | "roll_back" | "sleep" | "wake"
  | "batch" | "update">>();
sure<Equal<Schemas["DeploymentStats"]["total_deployments"], number>>();
sure<Equal<Schemas["DeploymentPage"]["next_cursor"], string | null>>();

// Every status is handled.
export function badge(status: Schemas["Status"]): string {
  switch (status) {
    case "deploying":
    case "active":
    case "asleep":
    case "failed":
    case "deleted":
      return status;
    default: {
      const never: never = status;
      return never;
    }
  }
}

// A model is shown with its verdict before it is deployed.
export function mayDeploy(model: Schemas["ModelRow"]): string {
  if (model.scan === null) return "not scanned yet";
  return model.scan.refusal === null ? model.scan.verdict : model.scan.refusal.fix;
}

// Every error has one shape; only some have more.
export function told(body: Schemas["Error"]): string {
  const wait: number | null = body.error.retry_after;
  const where = body.error.row == null ? "" : ` row ${body.error.row} ${body.error.column ?? ""}`;
  const using = body.error.deployments?.map((each) => each.deployment_name) ?? [];
  return `${body.error.code}: ${body.error.fix}${where} ${using.join()} ${wait ?? ""}`;
}

// Rows go in by name or in order; one item a row comes out.
export const byName: Schemas["ScoreRequest"] = { data: [{ age: 41, city: "Bern", note: null }] };
export const inOrder: Schemas["ScoreRequest"] = {
  input_data: [[41, "Bern"]],
  params: { method: "predict_proba" },
};
type Score = paths["/deployments/{deployment_id}/score"]["post"];
sure<Equal<Score["responses"][200]["content"]["application/json"], unknown[]>>();
sure<Equal<Score["responses"][422]["content"]["application/json"], Schemas["Error"]>>();

// Headers that a client reads are in the contract.
type Deploy = paths["/deployments/deploy"]["post"];
sure<Equal<Deploy["responses"][202]["headers"]["Location"], string | undefined>>();
export const key: NonNullable<Deploy["parameters"]["header"]> = { "Idempotency-Key": "k" };
type List = paths["/deployments/list"]["get"];
sure<Equal<List["responses"][200]["headers"]["ETag"], string>>();
sure<Equal<List["responses"][429]["headers"]["Retry-After"], number>>();
export const page: NonNullable<List["parameters"]["query"]> = { status: "active", limit: 50 };
