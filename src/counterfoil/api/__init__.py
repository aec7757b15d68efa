"""The HTTP API: shape in, who may, which rows, one service call, answer. No rules live here."""
