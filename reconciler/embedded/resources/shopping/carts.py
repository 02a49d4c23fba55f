"""The cart of a shop's session: it holds products and quantities; prices are always those of the shop's goods now.

In: a connection and the session. Out: a `Basket`, or a changed cart. Removed goods leave the cart with them.
"""

from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.shopping.basket import Basket, BasketLine
from reconciler.embedded.resources.shopping.products import find_product, product_of
from reconciler.embedded.storage.shop_tables import cart_items, products

MAX_QUANTITY: Final = 99
MAX_LINES: Final = 20

_C = cart_items.c


def get_basket(connection: Connection, session_id: int) -> Basket:
    joined = cart_items.join(products, (_C.shop_key == products.c.shop_key) & (_C.product_id == products.c.product_id))
    found = select(products, _C.quantity).select_from(joined).where(_C.session_id == session_id)
    rows = connection.execute(found.order_by(_C.product_id)).mappings()
    return Basket(lines=tuple(BasketLine(product=product_of(row), quantity=row[_C.quantity]) for row in rows))


def add_to_cart(connection: Connection, shop_key: str, session_id: int, product_id: str, quantity: int) -> int:
    """What the cart holds of it afterwards: at most `MAX_QUANTITY`. Raises Problem for unknown goods and for a full cart."""
    if find_product(connection, shop_key, product_id) is None:
        raise Problem("NOT_FOUND", "the shop has no such product")
    present = _quantities(connection, session_id)
    wanted = min(present.get(product_id, 0) + quantity, MAX_QUANTITY)
    if product_id in present:
        set_quantity(connection, session_id, product_id, wanted)
        return wanted
    if len(present) >= MAX_LINES:
        raise Problem("VALIDATION_ERROR", f"a cart holds {MAX_LINES} products")
    values = {"session_id": session_id, "shop_key": shop_key, "product_id": product_id, "quantity": wanted}
    connection.execute(insert(cart_items).values(**values))
    return wanted


def set_quantity(connection: Connection, session_id: int, product_id: str, quantity: int) -> None:
    """0 removes the line. A line that is not there stays away."""
    mine = (_C.session_id == session_id, _C.product_id == product_id)
    if quantity <= 0:
        connection.execute(delete(cart_items).where(*mine))
    else:
        connection.execute(update(cart_items).where(*mine).values(quantity=min(quantity, MAX_QUANTITY)))


def empty_cart(connection: Connection, session_id: int) -> None:
    connection.execute(delete(cart_items).where(_C.session_id == session_id))


def count_items(connection: Connection, session_id: int) -> int:
    return sum(_quantities(connection, session_id).values())


def _quantities(connection: Connection, session_id: int) -> dict[str, int]:
    found = select(_C.product_id, _C.quantity).where(_C.session_id == session_id)
    return {row[0]: row[1] for row in connection.execute(found)}
