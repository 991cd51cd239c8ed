"""A headless Chromium, driven over the WebDriver protocol with the standard library."""

import base64
import json
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

PATIENCE_S = 20
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # fixed by the WebDriver standard
MISSING = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# Chromium's own sandbox cannot be made by root, as in a container.
ARGUMENTS = ["--headless=new", "--hide-scrollbars", "--ignore-certificate-errors",
             *(["--no-sandbox"] if os.geteuid() == 0 else [])]


class Browser:
    """One window with its own cookies."""

    def __init__(self, width=1280, height=900, arguments=()):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.base = None
        for line in self.driver.stdout:
            if m := re.search(r"successfully on port (\d+)", line):
                self.base = f"http://127.0.0.1:{m[1]}"
                break
        options = {"args": [*ARGUMENTS, f"--window-size={width},{height}", *arguments]}
        made = self.send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "acceptInsecureCerts": True, "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.base += f"/session/{made['sessionId']}"

    def send(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with DIRECT.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def close(self):
        try:
            self.send("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=10)
            self.driver.stdout.close()

    def open(self, url):
        self.send("POST", "/url", {"url": url})

    def script(self, text, *args):
        """What the text returns; it may await."""
        text = f"return (async function () {{ {text} }}).apply(null, arguments)"
        return self.send("POST", "/execute/sync", {"script": text, "args": list(args)})

    def until(self, text, *args, seconds=PATIENCE_S):
        """The first true answer of a script: return document.title"""
        end = time.monotonic() + seconds
        while not (answer := self.script(text, *args)):
            assert time.monotonic() < end, f"not within {seconds} s: {text} {args}\n{self.text()[:2000]}"
            time.sleep(0.1)
        return answer

    def find(self, css, has=""):
        """The first visible element with this text, once it is there."""
        return self.until("""return [...document.querySelectorAll(arguments[0])].find((e) =>
            e.checkVisibility() && e.textContent.includes(arguments[1]))""", css, has)

    def click(self, css, has=""):
        self.send("POST", f"/element/{self.find(css, has)[ELEMENT]}/click")

    def type(self, css, text):
        element = self.find(css)[ELEMENT]
        self.send("POST", f"/element/{element}/clear")
        self.send("POST", f"/element/{element}/value", {"text": text})

    def press(self, keys):
        """Where the focus is; Enter is \\ue007, the arrow down \\ue015."""
        focused = self.send("GET", "/element/active")[ELEMENT]
        self.send("POST", f"/element/{focused}/value", {"text": keys})

    def text(self, css="body"):
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def size(self, width, height):
        self.send("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def picture(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.send("GET", "/screenshot")))

    def complaints(self):
        """Errors in the browser's console: a script that failed, a policy that was broken."""
        found = self.send("POST", "/se/log", {"type": "browser"})
        return [line["message"] for line in found if line["level"] == "SEVERE"]
