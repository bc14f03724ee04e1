#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads orders.csv plainly, and compares that with what the services stored: says that they are equal, or what differs.

check_orders.py FOLDER   with articles.csv, cards.csv, orders.csv, ledger.db, payments.db, inventory.db, letters.txt
"""

import collections
import csv
import pathlib
import re
import sqlite3
import sys


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def select(path, query):
    if not path.exists():
        sys.exit(f"check_orders.py: there is no {path}")
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def money(cents):
    return f"{cents / 100:,.2f}"


def settle(folder):
    """What the CSV files say: what each paid order brings in, why others are rejected, and what is left of each
    article."""
    price = {row["article"]: int(row["cents"]) for row in rows(folder / "articles.csv")}
    stock = {row["article"]: int(row["stock"]) for row in rows(folder / "articles.csv")}
    limit = {row["card"]: int(row["limit"]) for row in rows(folder / "cards.csv")}
    paid, rejected, left, wanted = {}, {}, dict(stock), collections.Counter()
    for row in rows(folder / "orders.csv"):
        order, article, quantity = int(row["order"]), row["article"], int(row["quantity"])
        cents = price.get(article, 0) * quantity
        wanted[article] += quantity
        if article not in price:
            rejected[order] = "no such article"
        elif stock[article] == 0:
            rejected[order] = "out of stock"
        elif wanted[article] > stock[article]:
            sys.exit(f"check_orders.py: {article} does not suffice for all orders: who gets it is a matter of luck")
        elif row["card"] not in limit:
            rejected[order] = "card unknown"
        elif cents > limit[row["card"]]:
            rejected[order] = "over the card's limit"
        else:
            paid[order] = (row["customer"], cents)
            left[article] -= quantity
    return paid, rejected, left


def differences(what, expected, found):
    """Lines that say where two dicts differ, the first five of them."""
    keys = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    lines = [f"{what} {key}: {expected.get(key, 'nothing')} by the CSV, {found.get(key, 'nothing')} stored"
             for key in keys[:5]]
    return lines + ([f"... and {len(keys) - 5:,} more"] if len(keys) > 5 else [])


def by_customer(entries):
    sums = collections.Counter()
    for customer, cents in entries:
        sums[customer] += cents
    return dict(sums)


def letters(path):
    """How often each order's outcome was written to its customer."""
    if not path.exists():
        return collections.Counter()
    found = re.findall(r"order (\d+) is (paid|rejected)", path.read_text(encoding="utf-8"))
    return collections.Counter((int(order), outcome) for order, outcome in found)


def main(folder):
    paid, rejected, left = settle(folder)
    wrong = []

    def compare(name, what, expected, found, words):
        differ = differences(what, expected, found)
        print(f"{name:<10} {words}: {'DIFFERENT' if differ else 'equal'}")
        wrong.extend(f"{name}: {line}" for line in differ)

    print(f"{'CSV':<10} {len(paid) + len(rejected):,} orders: {len(paid):,} to be paid, {len(rejected):,} to be rejected")
    entries = {order: (customer, cents) for order, customer, cents in
               select(folder / "ledger.db", "SELECT order_id, customer, cents FROM entries")}
    expected, found = by_customer(paid.values()), by_customer(entries.values())
    compare("ledger", "sum of", expected, found,
            f"{money(sum(expected.values()))} by the CSV, {money(sum(found.values()))} entered, "
            f"for {len(found):,} customers")
    compare("ledger", "order", paid, entries, f"{len(entries):,} entries")

    refusals = {"card unknown", "over the card's limit"}
    expected = {order: "" for order in paid} | {order: why for order, why in rejected.items() if why in refusals}
    outcomes = dict(select(folder / "payments.db", "SELECT order_id, why_not FROM outcomes"))
    compare("payments", "order", expected, outcomes, f"{len(outcomes):,} outcomes")
    stock = dict(select(folder / "inventory.db", "SELECT article, pieces FROM stock"))
    compare("inventory", "left of", left, stock, f"{sum(stock.values()):,} pieces left of {len(stock)} articles")

    # Events are told at most once; nothing is wrong in the books when one is missing.
    written = letters(folder / "letters.txt")
    outcomes = [(order, "paid") for order in paid] + [(order, "rejected") for order in rejected]
    missing, several = sum(written[each] == 0 for each in outcomes), sum(written[each] > 1 for each in outcomes)
    print(f"{'notifier':<10} {sum(written.values()):,} letters: {missing} orders without one, {several} with several")
    [(deaths,)] = select(folder / "payments.db", "SELECT count(*) FROM deaths")
    print(f"{'payments':<10} died {deaths} times between storing an outcome and answering")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(pathlib.Path(sys.argv[1])))
