declare module '@vercel/ncc' {
  function ncc(entry: string, options: ncc.Options): Promise<ncc.Output>;
  namespace ncc {
    interface Options {
      readonly cache?: boolean;
      readonly quiet?: boolean;
      readonly target?: string;
      readonly transpileOnly?: boolean;
      readonly esm?: boolean;
    }
    interface BundledModule {
      readonly resource?: string;
      readonly modules?: readonly BundledModule[];
    }
    interface Output {
      readonly code: string;
      readonly assets: Readonly<Record<string, { readonly source: Buffer | string }>>;
      readonly stats: { readonly compilation: { readonly modules: Iterable<BundledModule> } };
    }
  }
  export default ncc;
}
