#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes articles.csv, cards.csv and orders.csv in a folder; the same seed makes the same files.

What becomes of an order depends on these files alone, not on which order comes first: of each article there is either
nothing in stock or as much as all orders want together, and a card's limit holds for each order by itself.
"""

import argparse
import csv
import pathlib
import random


class dice:
    """random.random() only: what Python promises to stay the same over its versions."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, count):
        return int(self.random() * count)

    def choice(self, values):
        return values[self.below(len(values))]


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(header)
        lines.writerows(rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--orders", type=int, default=50_000, help="default: %(default)s")
    arguments.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    chosen = arguments.parse_args()
    roll = dice(chosen.seed)

    prices = {f"A{number:03}": 99 + roll.below(20_000) for number in range(1, 201)}
    articles = list(prices)
    sold_out = set(articles[::40])
    cards = {f"card-{number:04}": 10_000 + roll.below(200_000) for number in range(1, 2001)}
    customers = list(cards)

    orders = []
    wanted = dict.fromkeys(articles, 0)
    for number in range(1, chosen.orders + 1):
        card = roll.choice(customers)
        article = roll.choice(articles)
        quantity = 1 + roll.below(5)
        kind = roll.below(100)
        if kind == 0:
            article = f"B{roll.below(100):03}"  # There is no such article.
        elif kind == 1:
            card = f"lost-{roll.below(100):02}"  # Nor such a card.
        orders.append((number, card.replace("card", "customer").replace("lost", "stranger"), article, quantity, card))
        if article in wanted:
            wanted[article] += quantity

    stock = {article: 0 if article in sold_out else wanted[article] for article in articles}
    chosen.folder.mkdir(parents=True, exist_ok=True)
    write(chosen.folder / "articles.csv", ("article", "cents", "stock"),
          ((article, prices[article], stock[article]) for article in articles))
    write(chosen.folder / "cards.csv", ("card", "limit"), cards.items())
    write(chosen.folder / "orders.csv", ("order", "customer", "article", "quantity", "card"), orders)
    print(f"{len(orders):,} orders of {len(articles)} articles by {len(cards):,} cards: {chosen.folder}/orders.csv")


main()
