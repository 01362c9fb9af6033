"""Keyboards that scanners pretend to be: two layouts, full width, and the faults that a browser test types."""

from __future__ import annotations

US = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./" + '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
JIS = (
    "\u00081234567890-^qwertyuiop@[]asdfghjkl;:zxcvbnm,./"
    "\u0001!\"#$%&'()\u0000=~QWERTYUIOP`{}ASDFGHJKL+*ZXCVBNM<>?"
)
"""The same keys on an American and on a Japanese keyboard."""
AS_JIS = str.maketrans(US, JIS)
AS_US = str.maketrans(JIS, US)


def wide(text: str) -> str:
    """As an input method in full-width letters commits it."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def faults(code: str, other: str) -> dict[str, tuple[str, bool]]:
    """What arrives instead of `code`, and whether its person can still be meant; nobody ever means `other`'s."""
    return {
        "a machine with another layout": (code.translate(AS_JIS), True),
        "CapsLock": (code.lower(), True),
        "Enter as CR and LF": (f"{code}\r\n", True),
        "Enter lost, read again": (code + code, True),
        "Enter lost, the next person's code behind it": (code + other, False),
        "a letter lost": (code[:-1], False),
        "Start and end of text around it": (f"\x02{code}\x03", False),
        "a group separator in it": (f"{code[:8]}\x1d{code[8:]}", False),
    }
