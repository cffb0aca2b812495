declare module "*.wasm?url" {
  /** Where the file is served. */
  const address: string;
  export default address;
}
