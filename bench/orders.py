"""Releasing a large bundle to two organisations, beside importing it."""

import json

import story

PURPOSE, AREA = "prevention", "INFO"
CHUNK = 2_000  # objects of one order; a batch of the ledger takes 4,096
RECIPIENTS = ("JP:JPCERT", "JP:NCO")
MARKING = {"type": "torana-source-policy", "format": 1, "source": "bench", "version": 1,
           "marking": "CLEAR", "reason": "a bench"}


class Orders:
    """India's node, under an agreement with a Japan that is away."""

    def __init__(self, torana, folder, cpu_s):
        self.cpu_s = cpu_s
        self.story = story.Story(torana, folder)
        self.node = self.story.IN
        self.story.make()
        self.story.wrong_fingerprint()
        self.story.agree()
        self.story.JP.stop()
        self.node.api("POST", "/sources", MARKING, account="arjun")

    def stop(self):
        self.story.stop()

    def spent(self, work):
        before = self.cpu_s(self.node.process.pid)
        result = work()
        return self.cpu_s(self.node.process.pid) - before, result

    def bring(self, text):
        """CPU seconds an object of the import, and the identifiers."""
        spent, answer = self.spent(lambda: self.node.request(
            "POST", "/api/v1/import?source=bench&named=bench", text, "meera"))
        if answer.status != 200:
            raise story.Wrong(f"import: {answer.status} {answer.body[:300]}")
        ids = sorted({o["id"] for o in json.loads(text)["objects"]})
        return spent / answer.json["read"], ids

    def order(self, ids, to):
        """An order for what an officer has looked at: the preview is hers, and not counted."""
        ask = {"to": to, "purpose": PURPOSE, "area": AREA, "ids": ids}
        seen = self.node.api("POST", "/preview", ask, account="meera")
        wanted = set(ids)
        expect = {d["id"]: d["bytes_sha256"] for d in seen["decisions"] if d["id"] in wanted}
        return {**ask, "at": seen["at"], "expect": expect}

    def release(self, ids):
        """CPU seconds an (object, recipient), and the share that was released."""
        spent = released = 0
        for to in RECIPIENTS:
            for i in range(0, len(ids), CHUNK):
                order = self.order(ids[i:i + CHUNK], to)
                seconds, sent = self.spent(lambda: self.node.api("POST", "/orders", order, account="meera"))
                spent += seconds
                released += sent["released"]
        return spent / len(ids) / len(RECIPIENTS), released / len(ids) / len(RECIPIENTS)
