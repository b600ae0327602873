// Loads the program. Engines that are too old never get here: gate.js speaks to them.
import init from './ui.js';

init({ module_or_path: new URL('./ui_bg.wasm', import.meta.url) }).catch((error) => {
  console.error(error);
  window.gcGateFailed();
});
