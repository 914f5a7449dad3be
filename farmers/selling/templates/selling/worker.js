// Keeps the listing page itself, which is nobody's, so that goods can be written down without a network.
"use strict";

const CACHE = "listing-{{ version }}";
const SHELL = "{{ kept.0|escapejs }}";
const KEPT = [{% for address in kept %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PICTURES = "{{ static_url|escapejs }}products/";

self.addEventListener("install", (event) => {
  // without cookies: what is kept must not be anybody's page
  const wanted = KEPT.map((address) => new Request(address, { credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("listing-") && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function pageOrShell(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(SHELL)) || Response.error();
  }
}

async function fileOrKept(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && new URL(request.url).pathname.startsWith(PICTURES)) {
      const cache = await caches.open(CACHE);
      await cache.put(request, answer.clone());
    }
    return answer;
  } catch {
    return (await caches.match(request, { ignoreVary: true })) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (address.pathname === "{{ page|escapejs }}") event.respondWith(pageOrShell(event.request));
  } else if (KEPT.includes(address.pathname) || address.pathname.startsWith(PICTURES)) {
    event.respondWith(fileOrKept(event.request));
  }
});
