/* The first script of the page, written for engines of 2012: those older than Chrome 96 cannot read the program at
   all (reference types), so they are told what to do instead of showing an empty page. */
(function () {
  'use strict';

  function isModern() {
    try {
      if (typeof WebAssembly !== 'object' || typeof WebAssembly.validate !== 'function') {
        return false;
      }
      // The smallest module that uses a reference type: (module (table 1 externref)).
      var probe = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 4, 4, 1, 111, 0, 1]);
      return WebAssembly.validate(probe) && 'noModule' in document.createElement('script');
    } catch (error) {
      return false;
    }
  }

  function show(title, text, english) {
    var gate = document.getElementById('gate');
    var app = document.getElementById('app');
    if (!gate) {
      return;
    }
    gate.removeAttribute('hidden');
    gate.style.display = 'block';
    gate.innerHTML = '<h1></h1><p></p><p lang="en"></p>';
    gate.childNodes[0].appendChild(document.createTextNode(title));
    gate.childNodes[1].appendChild(document.createTextNode(text));
    gate.childNodes[2].appendChild(document.createTextNode(english));
    if (app) {
      app.style.display = 'none';
    }
  }

  function whenReady(run) {
    if (document.readyState === 'loading') {
      document.addEventListener('DOMContentLoaded', run);
    } else {
      run();
    }
  }

  // For boot.js: the program could not be started although the engine is new enough.
  window.gcGateFailed = function () {
    whenReady(function () {
      show(
        '没能打开网格随行',
        '程序文件没有读出来。您记的内容都还在本机。请关掉应用再打开；还不行请重新安装，安装不会删除记录。',
        'The program could not be started. Everything you wrote is still on this phone. Close the app and open it again.'
      );
    });
  };

  if (!isModern()) {
    whenReady(function () {
      show(
        '手机系统组件版本太旧',
        '网格随行需要 96 版或更新的系统网页组件（Android System WebView 或 Chrome）。您记的内容都还在本机。请在应用商店更新“Android System WebView”，或请社区管理员帮忙更新，然后再打开。',
        'This phone’s web component is older than version 96. Everything you wrote is safe. Please update Android System WebView.'
      );
    });
  }
})();
