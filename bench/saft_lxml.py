"""Reads a SAF-T Financial file with lxml.iterparse: the peer of crates/ingest/examples/saft_bench.rs.

It reads the same fields (header, accounts, suppliers, customers, tax codes, and of each line the account, party, amount and tax
code), joins suppliers to costs through the transaction, and prints the same totals. Memory stays bounded: each element is
cleared when it was read.
"""

import sys
from decimal import Decimal

from lxml import etree

NS = "{urn:StandardAuditFile-Taxation-Financial:NO}"


def text(element, name):
    return element.findtext(NS + name)


def amount(line, side):
    value = line.find(NS + side)
    return Decimal(value.findtext(NS + "Amount")) if value is not None else Decimal(0)


class Books:
    def __init__(self):
        self.accounts, self.suppliers, self.customers, self.tax_codes = {}, {}, {}, {}
        self.transactions = self.lines = self.rows = 0
        self.debit = self.revenue = self.export = self.purchases = Decimal(0)
        self.by_month, self.by_supplier = {}, {}

    def account(self, element):
        category, code = text(element, "GroupingCategory"), text(element, "GroupingCode")
        balances = [text(element, n) for n in ("OpeningDebitBalance", "OpeningCreditBalance", "ClosingDebitBalance", "ClosingCreditBalance")]
        self.accounts[text(element, "AccountID")] = (category, code, text(element, "AccountDescription"), balances)

    def party(self, element, kind, into):
        country = element.findtext(f"{NS}Address/{NS}Country")
        into[text(element, kind + "ID")] = (text(element, "RegistrationNumber"), text(element, "Name"), country)

    def tax_code(self, element):
        self.tax_codes[text(element, "TaxCode")] = text(element, "StandardTaxCode")

    def transaction(self, element):
        self.transactions += 1
        date = text(element, "TransactionDate")
        text(element, "TransactionID"), text(element, "Period"), text(element, "PeriodYear")
        read, supplier = [], None
        for line in element.iterchildren(NS + "Line"):
            self.lines += 1
            debit, credit = amount(line, "DebitAmount"), amount(line, "CreditAmount")
            self.debit += debit
            supplier = text(line, "SupplierID") or supplier
            text(line, "CustomerID")
            tax = line.findtext(f"{NS}TaxInformation/{NS}TaxCode")
            read.append((text(line, "AccountID"), debit - credit, self.tax_codes.get(tax)))
        for account, net, tax in read:
            self.line(account, net, tax, date, supplier)

    def line(self, account, net, tax, date, supplier):
        category, code, _, _ = self.accounts[account]
        if category == "salgsinntekt":
            self.rows += 1
            self.revenue -= net
            key = (date[:7], code)
            self.by_month[key] = self.by_month.get(key, Decimal(0)) - net
            if tax == "52":
                self.export -= net
        elif category in ("varekostnad", "annenDriftskostnad"):
            self.rows += 1
            self.purchases += net
            self.by_supplier[supplier] = self.by_supplier.get(supplier, Decimal(0)) + net


def main(path):
    books = Books()
    wanted = {
        NS + "Account": books.account,
        NS + "Customer": lambda e: books.party(e, "Customer", books.customers),
        NS + "Supplier": lambda e: books.party(e, "Supplier", books.suppliers),
        NS + "TaxCodeDetails": books.tax_code,
        NS + "Transaction": books.transaction,
    }
    for _, element in etree.iterparse(path, events=("end",), tag=list(wanted)):
        wanted[element.tag](element)
        element.clear()
        # The empty shells of earlier siblings would add up to gigabytes.
        while element.getprevious() is not None:
            del element.getparent()[0]
    print(
        f"transactions {books.transactions} lines {books.lines} rows {books.rows} debit {books.debit:.2f} "
        f"revenue {books.revenue:.2f} export {books.export:.2f} purchases {books.purchases:.2f} suppliers {len(books.by_supplier)}"
    )


if __name__ == "__main__":
    main(sys.argv[1])
