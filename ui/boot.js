// Loads the program. Engines that are too old never get here: gate.js speaks to them.
import init from './ui.js';

init({ module_or_path: new URL('./ui_bg.wasm', import.meta.url) }).catch((error) => {
  console.error(error);
  window.gcGateFailed();
});

// The reader of QR codes, loaded when the first code is photographed.
window.gcReadCode = async (rgba, width, height) => {
  const scan = await import('./scan.js');
  await scan.default({ module_or_path: new URL('./scan_bg.wasm', import.meta.url) });
  return scan.decode_pixels(rgba, width, height);
};
