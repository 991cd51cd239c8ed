"""Two agreements at once: what came under one stays under it, and each has a door of its own."""

import pathlib

import pytest

import club
import story

BILATERAL, ALL = "IN-JP-MODEL", "CLUB-MODEL"
PEOPLE = [("ana", "analyst officer"), ("bo", "approver"), ("leela", "legal")]
FROM_JP = club.indicator(1, club.AMBER)["id"]
GREEN_FROM_JP = club.indicator(2, club.GREEN)["id"]
OWN = [club.indicator(n, club.GREEN)["id"] for n in (11, 12, 13, 14)]


class Clubs:
    """IN and JP have an agreement of their own, and one with US."""

    def __init__(self, exe, folder):
        ports = story.free_ports(6)
        self.india, self.japan, self.us = self.nodes = [
            club.member(exe, folder, party, ports[2 * i:2 * i + 2], PEOPLE)
            for i, party in enumerate(("IN", "JP", "US"))]
        for node in self.nodes:
            node.init(f"https://127.0.0.1:{node.ports[1]}")
        club.introduce(self.india, self.japan)
        club.introduce(self.india, self.us)
        club.introduce(self.japan, self.us)
        club.agree([self.india, self.japan], BILATERAL, folder)
        club.agree(self.nodes, ALL, folder)
        for node in self.nodes:
            node.start()

    def decided(self, to, identifier, node=None):
        decisions = club.preview(node or self.india, to, [identifier])["decisions"]
        return next(d for d in decisions if d["id"] == identifier)

    def identity_of(self, organisation):
        parties = self.india.json("agreement", "show", ALL)["document"]["parties"]
        return next(o["identity"] for p in parties for o in p["organisations"] if o["code"] == organisation)


@pytest.fixture(scope="module")
def clubs(request, tmp_path_factory):
    exe = pathlib.Path(request.config.getoption("--torana")).resolve()
    c = Clubs(exe, tmp_path_factory.mktemp("clubs"))
    yield c
    for node in c.nodes:
        node.stop()


def test_what_goes_between_two_goes_under_the_agreement_of_two(clubs):
    club.take_in(clubs.japan, [club.indicator(1, club.AMBER), club.indicator(2, club.GREEN)])
    assert club.sent_of(clubs.japan, clubs.india.org, [FROM_JP, GREEN_FROM_JP]) == {FROM_JP, GREEN_FROM_JP}
    assert story.until(lambda: {FROM_JP, GREEN_FROM_JP} <= set(club.held_here(clubs.india)))
    club.take_in(clubs.india, [club.indicator(n, club.GREEN) for n in (11, 12, 13, 14)])
    assert club.sent_of(clubs.india, clubs.japan.org, OWN[:1]) == {OWN[0]}
    rule = clubs.decided(clubs.japan.org, OWN[1])["rules"][0]
    assert rule["version"].startswith(BILATERAL)
    assert clubs.decided(clubs.us.org, OWN[1])["rules"][0]["version"].startswith(ALL)


def test_it_does_not_leave_under_another_agreement(clubs):
    amber, green = (clubs.decided(clubs.us.org, i) for i in (FROM_JP, GREEN_FROM_JP))
    assert (amber["outcome"], amber["codes"]) == ("DENY", ["O-ORCON"])
    assert green["outcome"] == "DENY" and set(green["codes"]) == {"O-COMMUNITY", "O-ORCON"}
    assert club.sent_of(clubs.india, clubs.us.org, [FROM_JP, GREEN_FROM_JP]) == set()
    # Nor does it go back to its giver, under whichever.
    assert clubs.decided(clubs.japan.org, FROM_JP)["codes"] == ["O-ORCON"]


def test_with_its_originators_consent_it_does(clubs):
    identity = clubs.identity_of(clubs.japan.org)
    for to, outcome in (("JP", "DENY"), ("US", "ALLOW")):  # a consent to another opens nothing
        clubs.india.run("consent", "add", identity, "--scope", "technique", "--to", to,
                        "--until", "2035-01-01T00:00:00Z", "--evidence", "a letter", account="leela")
        assert clubs.decided(clubs.us.org, FROM_JP)["outcome"] == outcome
    assert club.sent_of(clubs.india, clubs.us.org, [FROM_JP]) == {FROM_JP}
    assert story.until(lambda: FROM_JP in club.held_here(clubs.us))
    # The US have it from India and know whose it is: to Japan it is no news, and goes nowhere.
    assert clubs.decided(clubs.japan.org, FROM_JP, clubs.us)["codes"] == ["O-ORCON"]


def test_who_suspends_one_leaves_the_other_open(clubs):
    clubs.india.run("agreement", "suspend", ALL, "--reason", "a test")
    assert clubs.decided(clubs.us.org, OWN[1])["codes"] == ["A-NOTINFORCE"]
    assert club.sent_of(clubs.india, clubs.japan.org, [OWN[1]]) == {OWN[1]}
    assert story.until(lambda: OWN[1] in club.held_here(clubs.japan))
    clubs.india.run("agreement", "resume", ALL, "--reason", "the test is over")
    clubs.india.run("agreement", "suspend", BILATERAL, "--reason", "a test")
    # Between the two the agreement of three is open, and binds what goes now.
    decision = clubs.decided(clubs.japan.org, OWN[2])
    assert decision["outcome"] == "ALLOW" and decision["rules"][0]["version"].startswith(ALL)
    assert club.sent_of(clubs.india, clubs.us.org, [OWN[2]]) == {OWN[2]}
    assert story.until(lambda: OWN[2] in club.held_here(clubs.us))


def test_what_came_under_the_suspended_one_is_no_freer(clubs):
    assert clubs.decided(clubs.us.org, GREEN_FROM_JP)["outcome"] == "ALLOW"  # by the consent above
    consents = clubs.india.json("consent", "list", account="leela")["consents"]
    for consent in consents:
        if consent["in_force"]:
            clubs.india.run("consent", "withdraw", consent["consent_id"], "--reason", "a letter", account="leela")
    assert clubs.decided(clubs.us.org, GREEN_FROM_JP)["outcome"] == "DENY"
    recalls = clubs.india.json("recall", "list", account="ana")["recalls"]
    assert [r["to"] for r in recalls] == [clubs.us.org]
