import type { NextConfig } from "next";

/** A static export: any host of files serves it. What differs between places is in /config.json. */
const config: NextConfig = {
  output: "export",
  trailingSlash: true,
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  // `npm run typecheck` does it, once, in the tests.
  typescript: { ignoreBuildErrors: true },
  experimental: {
    optimizePackageImports: ["radix-ui", "lucide-react"],
    // Next's own code in the first load becomes smaller by half a kilobyte.
    turbopackCjsTreeShaking: true,
    // Fewer, larger files: they compress better together, and the first page asks for half as many.
    turbopackChunking: { requestCost: 2_000_000, minChunkSize: 200_000, maxMergeChunkSize: 800_000 },
  },
};

export default config;
