"""A phone with a browser without script, for sites in real processes."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlencode

from tests.acts import hidden
from tests.serving import Site

QUIZ = "/modules/window-light/quiz/"


class Phone:
    """A guest without script: keeps cookies, sends forms, and notes what was acknowledged."""

    def __init__(self, site: Site) -> None:
        self.site, self.cookies = site, {}
        self.sent: list[tuple[str, str]] = []  # path and body of every answer, acknowledged or not
        self.acknowledged: list[str] = []  # the items

    def ask(self, path: str, body: str | None = None) -> tuple[int, dict[str, str], str]:
        """One request; cookies go along and come back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Sec-Fetch-Site": "same-origin",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, dict(answer.headers), text

    def send(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """A form, with the token that somebody signed in needs."""
        return self.ask(path, urlencode({"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")} | form))

    def sign_in(self, name: str, password: str) -> int:
        """By name and password; returns the status of the answer."""
        self.ask("/accounts/login/")
        return self.send("/accounts/login/", {"login": name, "password": password})[0]

    def answer_one(self) -> None:
        """Answer the question that is shown with its first option."""
        _status, headers, _text = self.ask(QUIZ)
        quiz = headers["Location"]
        html = self.ask(quiz)[2]
        item = hidden(html, "item")
        choice = html.split('name="choice" value="')[1].split('"')[0]
        token = self.cookies.get("csrftoken", "")  # guests have none
        body = urlencode(
            {"attempt": hidden(html, "attempt"), "item": item, "choice": choice, "csrfmiddlewaretoken": token}
        )
        self.sent.append((f"{quiz}answer/", body))
        status, _headers, _text = self.ask(f"{quiz}answer/", body)
        assert status == 302
        self.acknowledged.append(item)

    def answers(self) -> list[list[str]]:
        """Every answer in this phone's learning file."""
        status, _headers, text = self.ask("/me/file.json")
        if status == 404:
            return []  # killed before the first answer
        sections = json.loads(text)["sections"]
        rows: list[list[str]] = next(s["rows"] for s in sections if s["code"] == "answers")
        return rows
