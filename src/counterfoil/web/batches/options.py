"""The pages of what can be changed of a batch: its options, and its table."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from counterfoil.batches import queries
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.options import change_options
from counterfoil.batches.tables import BatchTable, delete_table, read_batch_table, save_table
from counterfoil.core.refusals import Invalid
from counterfoil.web.batches.forms import TABLE_TYPES
from counterfoil.web.batches.views import READ, WRITE, batch_of
from counterfoil.web.framework.forms.locale_choices import event_languages
from counterfoil.web.framework.views import ConfirmPage, EventPage, FormPage, event_routes

#: Rows of a table that a page shows.
_SHOWN = 10


class BatchOptionsForm(forms.Form):
    book_size = forms.IntegerField(
        label=_("Tickets per book"),
        required=False,
        min_value=1,
        help_text=_("If the tickets are bound or handed out in books. Leave empty for no books."),
    )
    locale = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("New prints use this language. Tickets that are on paper stay as they are."),
    )

    def __init__(self, batch: OfflineSalesBatch, data: Any = None) -> None:
        initial = {"book_size": batch.book_size, "locale": batch.locale}
        super().__init__(data, initial=initial)
        choices: dict[str, Any] = self.fields
        choices["locale"].choices = event_languages(batch.event)
        if len(batch.event.locales) < 2 and not batch.locale:
            del self.fields["locale"]


class TableForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8, or XLSX. The first row holds the names of the columns."),
        widget=forms.FileInput(attrs={"accept": TABLE_TYPES}),
    )


class _BatchPage(EventPage):
    batch: OfflineSalesBatch

    def find_scope(self) -> None:
        super().find_scope()
        self.batch = batch_of(self.event, self.kwargs["batch"])

    def back(self) -> str:
        return self.link("batch" if self.has_permission(READ) else "event", *self._ids())

    def _ids(self) -> list[int]:
        return [self.batch.pk] if self.has_permission(READ) else []


class BatchOptions(FormPage, _BatchPage):
    read_permissions = write_permissions = WRITE
    title = _("Options of the batch")

    def form(self, *sent: Any) -> BatchOptionsForm:
        return BatchOptionsForm(self.batch, sent[0] if sent else None)

    def more(self) -> dict[str, Any]:
        return {"back": self.back()}

    def send(self, form: BatchOptionsForm) -> HttpResponse:
        change_options(actor=self.actor, batch=self.batch, fields=form.cleaned_data)
        if "locale" in form.changed_data and queries.was_printed(self.batch):
            self.tell_printed(self.batch.amount)
        return self.go("batch", self.batch.pk, said=_("Saved."))


class Table(FormPage, _BatchPage):
    """Shows the first rows of a batch's table, and takes another one."""

    read_permissions = READ
    write_permissions = WRITE
    template = "web/batches/table.html"

    table: BatchTable

    def form(self, *sent: Any) -> TableForm:
        return TableForm(*sent)

    def more(self) -> dict[str, Any]:
        rows = self.batch.tickets.order_by("number").values_list("data", flat=True)[:_SHOWN]
        columns = self.batch.data_columns
        return {
            "batch": self.batch,
            "columns": columns,
            "table_rows": [[row.get(name, "") for name in columns] for row in rows if row],
            "was_printed": queries.was_printed(self.batch),
        }

    def prepare(self, form: TableForm) -> None:
        self.table = read_batch_table(form.cleaned_data["file"])

    def send(self, form: TableForm) -> HttpResponse:
        save_table(actor=self.actor, batch=self.batch, table=self.table)
        return self.go("batch-table", self.batch.pk, said=_("The table was saved."))


class TableDelete(ConfirmPage, _BatchPage):
    read_permissions = write_permissions = WRITE

    def question(self) -> Any:
        return _("Delete the table of this batch?")

    def consequence(self) -> Any:
        return _("The tickets are kept. Layouts print nothing for its columns.")

    def back(self) -> str:
        return self.link("batch-table", self.batch.pk)

    def carry_out(self) -> HttpResponse:
        delete_table(actor=self.actor, batch=self.batch)
        return self.go("batch", self.batch.pk, said=_("The table was deleted."))


class TablePreview(EventPage):
    """Shows what a file for a new batch holds, before the form is sent."""

    write_permissions = WRITE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        file = request.FILES.get("table")
        context: dict[str, Any] = {}
        if file is not None:
            try:
                table = read_batch_table(file)
            except Invalid as refusal:
                context = {"problems": refusal.sentences}
            else:
                context = {
                    "columns": table.columns,
                    "table_rows": list(islice(table.rows, _SHOWN)),
                    "count": len(table.rows),
                }
        return self.render("web/batches/_table.html", context)


routes = event_routes(
    path("batches/new/table/", TablePreview.as_view(), name="batch-new-table"),
    path("batches/<int:batch>/options/", BatchOptions.as_view(), name="batch-options"),
    path("batches/<int:batch>/table/", Table.as_view(), name="batch-table"),
    path("batches/<int:batch>/table/delete/", TableDelete.as_view(), name="batch-table-delete"),
)
