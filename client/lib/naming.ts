import { deployMessages } from "./messages/deploy";

const RULE = /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;

/** Why Azure ML would refuse this name, or null. */
export function nameProblem(name: string): string | null {
  const deploy = deployMessages;
  if (!/^[A-Za-z0-9-]*$/.test(name)) return deploy.nameCharacters;
  if (!/^[A-Za-z]/.test(name)) return deploy.nameStart;
  if (name.includes("--")) return deploy.nameDashes;
  if (name.endsWith("-")) return deploy.nameEnd;
  if (name.length < 3) return deploy.nameShort;
  if (name.length > 32) return deploy.nameLong(name.length);
  return RULE.test(name) ? null : deploy.nameRule;
}

/** A legal deployment name made from a model's name: "My iris (v2)" becomes "my-iris-v2". */
export function suggestedName(modelName: string): string {
  const words = modelName
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 32)
    .replace(/-+$/, "");
  return words.length >= 3 ? words : "my-model";
}
