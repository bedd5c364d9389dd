import { expect, test } from "vitest";
import { aboutOf, aboutPatch, wrongAbout } from "@/lib/about";

const known = { description: "For the team.", on_expiry: "sleep" as const };

test("nothing touched, nothing sent", () => {
  expect(aboutPatch(known, aboutOf(known))).toEqual({});
});

test("an emptied description is removed", () => {
  expect(aboutPatch(known, { ...aboutOf(known), description: " " })).toEqual({ description: null });
});

test("an expiry is sent with what happens then, and is taken away by null", () => {
  expect(aboutPatch(known, { ...aboutOf(known), expiry: "after", hours: "1.5", on_expiry: "delete" })).toEqual({ expires_in_hours: 1.5, on_expiry: "delete" });
  expect(aboutPatch(known, { ...aboutOf(known), expiry: "never" })).toEqual({ expires_in_hours: null });
  expect(aboutPatch(known, { ...aboutOf(known), on_expiry: "delete" })).toEqual({ on_expiry: "delete" });
});

test.each(["", "0", "soon", "8761"])("%j are no hours", (hours) => {
  expect(Object.keys(wrongAbout({ ...aboutOf(known), expiry: "after", hours }))).toEqual(["hours"]);
  expect(wrongAbout({ ...aboutOf(known), hours })).toEqual({});
});

test("a description of more than 1,000 characters is too long", () => {
  expect(Object.keys(wrongAbout({ ...aboutOf(known), description: "x".repeat(1001) }))).toEqual(["description"]);
});
