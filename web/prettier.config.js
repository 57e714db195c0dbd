/** How the browser's code is laid out: `make check` holds it. */
export default {
  printWidth: 140,
  singleQuote: true,
  plugins: ['prettier-plugin-svelte'],
  overrides: [{ files: '*.svelte', options: { parser: 'svelte' } }],
};
