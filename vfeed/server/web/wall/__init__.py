"""What the JSON interface says and takes, as types: from them come `docs/openapi.json` and the browser's `types.ts`."""
