"""What was once dangerous to Scrapy, and a page that tries every way into the office."""

from __future__ import annotations

from tests.hostile.faults.pages import TEXT, Stored, html
from tests.hostile.server import HTML, Fault, Heard, page


class CookieTrap(Fault):
    """`/cookie_trap?<domain>`: a cookie for that domain, and on to another one."""

    def send(self, heard: Heard) -> bytes:
        cookie = f"Set-Cookie: session=secret; Domain={heard.path.partition('?')[2]}; Path=/"
        return page(b"", cookie, "Location: http://elsewhere.test/good", status="302 Found")


class ReferrerPolicy(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), "Referrer-Policy: os.abort")


class XmlBait(Stored):
    kind = "application/xml"
    body = b'<?xml version="1.0"?><urlset>' + b"<url " + b"a='<" * 400_000 + b"<url>" * 200_000


class Intruder(Fault):
    """`/intruder?<port of the victim>`: fetch, image, iframe, redirect, WebSocket, beacon, prefetch, worker, WebRTC."""

    def send(self, heard: Heard) -> bytes:
        return page(html(f"<p>{TEXT}</p>{_INTRUSION.replace('PORT', heard.path.partition('?')[2])}").encode())


_INTRUSION = """
<link rel="prefetch" href="http://127.0.0.1:PORT/prefetch"><link rel="preconnect" href="http://127.0.0.1:PORT/">
<link rel="stylesheet" href="http://localhost:PORT/style"><script src="http://127.1:PORT/script"></script>
<img src="http://127.0.0.1:PORT/img"><img src="http://2130706433:PORT/img"><img src="http://0x7f.1:PORT/img">
<img src="http://0177.0.0.1:PORT/img"><img src="http://[::1]:PORT/img"><img src="http://[::ffff:127.0.0.1]:PORT/img">
<img src="http://①②⑦.0.0.1:PORT/img"><img src="http://0:PORT/img"><img src="http://127.0.0.1.:PORT/img">
<img src="http://169.254.169.254/latest/meta-data"><img src="http://img.127-0-0-1.ip.test/img">
<img src="/away/http%3A//127.0.0.1%3APORT/redirected"><img src="http://both.8-8-8-8.and.127-0-0-1.ip.test/img">
<iframe src="http://frame.8-8-8-8.then.127-0-0-1.ip.test/to_self"></iframe>
<iframe src="http://127.0.0.1:PORT/frame"></iframe><iframe src="/away/http%3A//localhost%3APORT/frame"></iframe>
<object data="http://127.0.0.1:PORT/object"></object><video src="http://127.0.0.1:PORT/video"></video>
<script>
const victim = "127.0.0.1:PORT";
const tried = (attempt) => { try { attempt(); } catch (error) { console.log(String(error)); } };
tried(() => fetch(`http://${victim}/fetch`, {mode: "no-cors"}).catch(() => 0));
tried(() => fetch("http://later.8-8-8-8.then.127-0-0-1.ip.test/good", {mode: "no-cors"}).then(
  () => fetch("http://later.8-8-8-8.then.127-0-0-1.ip.test/again", {mode: "no-cors"})).catch(() => 0));
tried(() => { const asked = new XMLHttpRequest(); asked.open("POST", `http://${victim}/xhr`); asked.send("x"); });
tried(() => navigator.sendBeacon(`http://${victim}/beacon`, "x"));
tried(() => new WebSocket(`ws://${victim}/socket`));
tried(() => new WebSocket("ws://socket.127-0-0-1.ip.test/socket"));
tried(() => new EventSource(`http://${victim}/events`));
tried(() => new Worker(URL.createObjectURL(new Blob([`fetch("http://${victim}/worker", {mode: "no-cors"})`]))));
tried(() => navigator.serviceWorker.register("/worker.js"));
tried(() => { const peer = new RTCPeerConnection({iceServers: [{urls: `stun:${victim}`},
  {urls: `turn:${victim}?transport=tcp`, username: "u", credential: "c"}]});
  peer.createDataChannel("x"); peer.createOffer().then((offer) => peer.setLocalDescription(offer)); });
tried(() => new WebTransport(`https://${victim}/transport`));
tried(() => window.open(`http://${victim}/window`));
tried(() => { const form = document.createElement("form"); form.action = `http://${victim}/form`;
  form.method = "POST"; form.target = "_blank"; document.body.append(form); form.submit(); });
</script>
"""
