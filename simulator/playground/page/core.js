// SPDX-License-Identifier: BSL-1.0
// The simulator, compiled: a scenario goes in, its run comes out.
const core = (() => {
  let compiled;

  /** Unpacks and starts it; once is enough. */
  const load = async () => {
    const packed = element('core').textContent;
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    compiled = await snapprotoCore({ wasmBinary: await new Response(stream).arrayBuffer() });
  };

  /** What can be chosen: options, faults, moments, faulty endpoints. */
  const catalogue = () => JSON.parse(compiled.ccall('playground_catalogue', 'string', [], []));

  /** Plays a scenario. Throws what is wrong with it. */
  const run = (name, scenario) => {
    const words = [name, JSON.stringify(scenario)];
    const made = JSON.parse(
      compiled.ccall('playground_run', 'string', ['string', 'string'], words),
    );
    if (made.error) throw new Error(made.error);
    return made;
  };

  return { load, catalogue, run };
})();
