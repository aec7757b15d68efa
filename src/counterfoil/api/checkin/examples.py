"""Answers at the gate that the documentation shows."""

from __future__ import annotations

from typing import Any

from counterfoil.api.framework.service import PRETIX_NUMERIC, PRETIX_VERSION

CHECKIN_LIST: dict[str, Any] = {
    "id": 1,
    "name": "Main entrance",
    "all_products": True,
    "limit_products": [],
    "subevent": None,
    "checkin_count": 123,
    "position_count": 456,
    "include_pending": False,
    "allow_multiple_entries": False,
    "allow_entry_after_exit": True,
    "rules": {},
    "exit_all_at": None,
    "addon_match": False,
    "ignore_in_statistics": False,
    "consider_tickets_used": True,
}

LIST_STATUS: dict[str, Any] = {
    "event": {"name": "Demo Conference"},
    "checkin_count": 17,
    "position_count": 42,
    "inside_count": 12,
    "items": [
        {
            "id": 4,
            "name": "Standard ticket",
            "checkin_count": 17,
            "admission": True,
            "position_count": 42,
            "variations": [],
        }
    ],
}

CHECKIN: dict[str, Any] = {
    "id": 1,
    "successful": True,
    "error_reason": None,
    "error_explanation": None,
    "position": 5,
    "datetime": "2027-06-12T10:00:00+02:00",
    "list": 1,
    "created": "2027-06-12T10:00:01+02:00",
    "auto_checked_in": False,
    "gate": None,
    "device": 7,
    "device_id": 2,
    "type": "entry",
}

SCAN_POSITION: dict[str, Any] = {
    "id": 5,
    "order": "BXFFC",
    "positionid": 1,
    "item": 2,
    "variation": None,
    "price": "23.00",
    "attendee_name": "Jane Doe",
    "attendee_name_parts": {"_scheme": "full", "full_name": "Jane Doe"},
    "company": None,
    "street": None,
    "zipcode": None,
    "city": None,
    "country": None,
    "state": None,
    "attendee_email": None,
    "voucher": None,
    "tax_rate": "19.00",
    "tax_value": "3.67",
    "secret": "k24jfh8sn2lkd93jf83nf92jf8w2k1aa",
    "addon_to": None,
    "subevent": None,
    "checkins": [],
    "print_logs": [],
    "downloads": [],
    "answers": [],
    "tax_rule": 1,
    "pseudonymization_id": "7K9PXWQ3TR",
    "seat": None,
    "require_attention": False,
    "order__status": "p",
    "order__valid_if_pending": False,
    "order__require_approval": False,
    "order__locale": "en",
    "valid_from": None,
    "valid_until": None,
    "blocked": None,
}

SCANNED: dict[str, Any] = {
    "status": "ok",
    "require_attention": False,
    "checkin_texts": [],
    "position": SCAN_POSITION,
    "list": {
        "id": 1,
        "name": "Main entrance",
        "event": "democon",
        "subevent": None,
        "include_pending": False,
    },
}

DEVICE: dict[str, Any] = {
    "device_id": 1,
    "unique_serial": "UOS3GNZ27O39V3QS",
    "initialization_token": "frkso3m2w58zuw70",
    "all_events": True,
    "limit_events": [],
    "revoked": False,
    "name": "Gate scanner",
    "created": "2027-06-01T10:00:00Z",
    "initialized": None,
    "hardware_brand": None,
    "hardware_model": None,
    "os_name": None,
    "os_version": None,
    "software_brand": None,
    "software_version": None,
    "security_profile": "full",
}

DEVICE_ACCESS: dict[str, Any] = {
    "organizer": "bigevents",
    "device_id": 1,
    "unique_serial": "UOS3GNZ27O39V3QS",
    "api_token": "cR0Yb3Tt5QkN1u0dVZcNfJrmEo3vQ8b1vQxXk2mS4sE",
    "name": "Gate scanner",
    "security_profile": "full",
    "gate": None,
}

DEVICE_FACTS: dict[str, Any] = {
    "hardware_brand": "Acme",
    "hardware_model": "S1",
    "os_name": "Android",
    "os_version": "14",
    "software_brand": "pretixSCAN",
    "software_version": "2.20.0",
}
DEVICE_SELECTION: dict[str, Any] = {
    "event": {"slug": "democon", "name": {"en": "Demo Conference"}},
    "subevent": None,
    "checkinlist": 1,
}
SCAN: dict[str, Any] = {"secret": "z3fsn8jyufm5kpk768q69gkbyr5f4h6w", "lists": [1], "type": "entry"}

DEVICE_INFO: dict[str, Any] = {
    "device": DEVICE_ACCESS,
    "server": {"version": {"pretix": PRETIX_VERSION, "pretix_numeric": PRETIX_NUMERIC}},
    "medium_key_sets": [],
}
