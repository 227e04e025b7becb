// Copyright 2026 the Gee authors. MIT license.
// The rules of this project that no built-in rule knows. `.dev/check.ts` looks
// at what no single file shows: circles between files.

const MODULES = ["web", "cache", "orm", "rpc"];
// The only published files that may name a package or a Node built-in.
const DRIVERS = [
  "/orm/sqlite.ts",
  "/orm/libsql/local.ts",
  "/orm/libsql/remote_client.ts",
  "/orm/cli.ts",
];

const ROOT = new URL("../", import.meta.url).pathname;

/** The module a published source belongs to; tests and tools belong to none. */
function moduleOf(filename: string): string | undefined {
  // On Windows the path of a URL has a slash before the drive.
  const path = `/${filename.replaceAll("\\", "/")}`.replace(/^\/+/, "/");
  if (/_(test|bench)\.ts$|\/testdata\//.test(path)) return undefined;
  return MODULES.find((name) => path.startsWith(`${ROOT}${name}/`));
}

interface Sourced {
  readonly source: Deno.lint.StringLiteral | null;
}

/** Calls `check` for the specifier of every import and re-export, dynamic ones too. */
function onImports(
  check: (specifier: string, node: Deno.lint.Node) => void,
): Deno.lint.LintVisitor {
  const visit = (node: Sourced) => {
    if (node.source !== null) check(node.source.value, node.source);
  };
  return {
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression({ source }) {
      const isText = source.type === "Literal" &&
        typeof source.value === "string";
      check(isText ? String(source.value) : "(computed)", source);
    },
  };
}

const plugin: Deno.lint.Plugin = {
  name: "gee",
  rules: {
    "module-boundaries": {
      create(context) {
        const from = moduleOf(context.filename);
        if (from === undefined) return {};
        return onImports((specifier, node) => {
          const to = MODULES.find((name) =>
            name !== from && specifier.includes(`../${name}/`)
          );
          if (to === undefined) return;
          context.report({
            node,
            message: `Module "${from}" must not import module "${to}"`,
          });
        });
      },
    },
    "relative-imports": {
      create(context) {
        const file = context.filename.replaceAll("\\", "/");
        if (moduleOf(file) === undefined) return {};
        if (DRIVERS.some((driver) => file.endsWith(driver))) return {};
        return onImports((specifier, node) => {
          if (/^\.\.?\/.*\.ts$/.test(specifier)) return;
          context.report({
            node,
            message:
              `Published sources import relative ".ts" files only: got "${specifier}"`,
          });
        });
      },
    },
    "error-message": {
      create(context) {
        if (context.filename.endsWith("_test.ts")) return {};
        return {
          NewExpression(node) {
            if (
              node.callee.type !== "Identifier" ||
              !node.callee.name.endsWith("Error")
            ) return;
            // An `RpcError` begins with its code.
            const index = node.callee.name === "RpcError" ? 1 : 0;
            const argument = node.arguments[index];
            if (argument === undefined) return;
            const parts =
              argument.type === "Literal" && typeof argument.value === "string"
                ? [argument.value]
                : argument.type === "TemplateLiteral"
                ? argument.quasis.map((quasi) => quasi.cooked)
                : [];
            const text = parts.join("x");
            if (
              /^[a-z]/.test(parts[0] ?? "") || text.endsWith(".") ||
              /[a-z]'(t|s|re|ll|ve)\b/.test(text)
            ) {
              context.report({
                node: argument,
                message:
                  "Error messages start upper-case, end without a period and use no contractions",
              });
            }
          },
        };
      },
    },
    "hash-private": {
      create(context) {
        if (moduleOf(context.filename) === undefined) return {};
        const check = (
          node: Deno.lint.PropertyDefinition | Deno.lint.MethodDefinition,
        ) => {
          const isMarked = node.accessibility === "private" ||
            node.accessibility === "protected";
          const isUnderscored = node.key.type === "Identifier" &&
            node.key.name.startsWith("_");
          if (!isMarked && !isUnderscored) return;
          context.report({ node, message: 'Private members are "#name"' });
        };
        return { PropertyDefinition: check, MethodDefinition: check };
      },
    },
    "no-default-export": {
      create(context) {
        if (moduleOf(context.filename) === undefined) return {};
        return {
          ExportDefaultDeclaration(node) {
            context.report({ node, message: "Modules export by name" });
          },
        };
      },
    },
    "no-console": {
      create(context) {
        if (moduleOf(context.filename) === undefined) return {};
        return {
          "MemberExpression[object.name='console']"(
            node: Deno.lint.MemberExpression,
          ) {
            context.report({
              node,
              message:
                "A library does not print: throw, call an option, or count in stats()",
            });
          },
        };
      },
    },
  },
};
export default plugin;
