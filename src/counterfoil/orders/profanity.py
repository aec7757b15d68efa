"""Words that no order code may contain.

Codes are printed on tickets that strangers hand to each other, called out at counters and read
over the telephone. Random letters spell insults now and then: with 10,000 codes some dozens of
three-letter ones. So codes are read as people read them (3, 7, 9 and 0 as E, T, G and O), and drawn
again when they hold one of these: insults, sex, excrement and symbols of violence in languages that
ticket holders around us speak. Only words that fit the alphabet are listed: codes have no I, and O
only as the 0 of test mode. It is short on purpose, as every word shrinks the space of codes.
"""

from __future__ import annotations

import re

#: By language of the word; a word that several share stands once.
PROFANITY = {
    "English": "ANUS ARSE ASS BUM COCK CRAP CUNT DAMN DEAD DEATH DUMB FAG FUK FUCK FCK HATE HELL"
    " JERK KKK KYS LSD MURD NUDE RAPE SEX SHAG SLUT SUCK TWAT TURD WANK",
    "German": "AAS ARSCH DEPP FOTZ FURZ HURE KACK KOT MUSCH NAZ NSU NUTT SAU TOT",
    "French": "BATARD CACA CON CUL FDP GARCE MERDE NTM PUTE SALAUD",
    "Spanish": "CABR FOLLA JODE PUTA TETA",
    "Portuguese": "BUNDA CARALH FODA MERDA",
    "Italian": "CAZZ",
    "Dutch": "HOER KUT LUL NEUK",
    "Polish": "CHUJ DUPA KURWA",
    "Czech": "KURVA",
    "Turkish": "AMK PEZEVENK SEREFS",
    "Swedish": "HORA KUK",
}

_AS_READ = str.maketrans("3790", "ETGO")
_PATTERN = re.compile("|".join(word for words in PROFANITY.values() for word in words.split()))


def is_profane(code: str) -> bool:
    """Tell whether a code, read as people read it, holds a banned word."""
    return _PATTERN.search(code.translate(_AS_READ)) is not None
