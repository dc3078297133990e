"""From the browser's own words to "Firefox auf Windows": enough to recognise a device, too little to track one."""

from __future__ import annotations

UNBEKANNT = "Unbekannter Browser"
_BROWSER = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEM = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def describe_geraet(user_agent: str) -> str:
    """Browser family and system, no version."""
    browser = next((name for mark, name in _BROWSER if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEM if mark in user_agent), "")
    if browser and system:
        return f"{browser} auf {system}"
    return browser or system or UNBEKANNT
