"""Checkboxes in groups, each with a heading of its own."""

from __future__ import annotations

from django import forms


class GroupedCheckboxes(forms.CheckboxSelectMultiple):
    """Django draws a group's name as a label of nothing; here it is the legend of a fieldset."""

    template_name = "web/forms/groups.html"
