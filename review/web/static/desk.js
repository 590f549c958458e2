/* Keys, the sheet of keys, high contrast, the wait before an undo goes away. Everything works without this file. */
"use strict";

(function () {
  var root = document.documentElement;
  var PICKED = '#bulk input[type="checkbox"][name]';

  function remembered(name) {
    try { return window.localStorage.getItem(name); } catch (error) { return null; }
  }

  function remember(name, value) {
    try { window.localStorage.setItem(name, value); } catch (error) { /* private windows forget */ }
  }

  if (remembered("contrast") === "high") { root.classList.add("high-contrast"); }

  function writing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
  }

  function visible(element) {
    return !element.disabled && element.offsetParent !== null;
  }

  function keyed(key) {
    var found = document.querySelectorAll('[data-key="' + key.replace(/["\\]/g, "\\$&") + '"]');
    return Array.prototype.filter.call(found, visible)[0];
  }

  function sheet(open) {
    var dialog = document.getElementById("keys");
    if (!dialog) { return; }
    if (open && dialog.showModal) { dialog.showModal(); }
    if (!open && dialog.open) { dialog.close(); }
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (event.key === "Escape") {
      Array.prototype.forEach.call(document.querySelectorAll("details.pop[open], details.menu[open]"), function (one) { one.open = false; });
      if (writing(event.target)) { event.target.blur(); }
      return;
    }
    if (writing(event.target)) { return; }
    if (event.key === "?") { event.preventDefault(); sheet(true); return; }
    var dialog = document.getElementById("keys");
    if (dialog && dialog.open || event.repeat && !/^[jk]$/i.test(event.key)) { return; }
    var target = keyed(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!target) { return; }
    event.preventDefault();
    if (target.matches("input, textarea, select")) { target.focus(); if (target.select) { target.select(); } } else { target.click(); }
  });

  document.addEventListener("click", function (event) {
    var target = event.target.closest ? event.target : event.target.parentElement;
    if (target.closest("[data-contrast]")) {
      var high = root.classList.toggle("high-contrast");
      remember("contrast", high ? "high" : "");
    }
    if (target.closest("[data-sheet]")) { sheet(true); }
    if (target.closest("[data-close]")) { sheet(false); }
    if (target.closest("[data-print]")) { window.print(); }
    var all = target.closest("[data-check-all]");
    if (all) {
      Array.prototype.forEach.call(document.querySelectorAll(PICKED), function (box) { box.checked = all.checked; });
      counted();
    }
    Array.prototype.forEach.call(document.querySelectorAll("details.menu[open], details.pop[open]"), function (one) {
      if (!one.contains(target)) { one.open = false; }
    });
  });

  function counted() {
    var boxes = document.querySelectorAll(PICKED + ":checked").length;
    Array.prototype.forEach.call(document.querySelectorAll("[data-count]"), function (place) { place.textContent = String(boxes); });
    var bar = document.getElementById("bulk-bar");
    if (bar) { bar.classList.toggle("active", boxes > 0); }
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches(PICKED)) { counted(); }
  });

  function settle() {
    var current = document.querySelector('.list [aria-current="true"]');
    if (current && current.scrollIntoView) { current.scrollIntoView({ block: "nearest" }); }
    var toast = document.querySelector(".toast[data-seconds]");
    if (toast) {
      window.setTimeout(function () { toast.classList.add("gone"); }, Number(toast.dataset.seconds) * 1000);
    }
  }
  document.addEventListener("DOMContentLoaded", settle);
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    if (status === 409 || status === 400 || status === 404 || status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
})();
