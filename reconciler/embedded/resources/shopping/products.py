"""商品 of a shop. Prices are whole yen, with tax."""

from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, insert, select, update

from reconciler.embedded.contract.responses import OrderType
from reconciler.embedded.storage.shop_tables import products
from reconciler.lib.frozen_class import frozen

_C = products.c


@frozen
class Product:
    """`cycle_months`: of 定期 and 頒布会 only."""

    product_id: str
    name: str
    price: int
    sale_type: OrderType = "REGULAR"
    cycle_months: int | None = None


def list_products(connection: Connection, shop_key: str) -> list[Product]:
    found = select(products).where(_C.shop_key == shop_key).order_by(_C.product_id)
    return [product_of(row) for row in connection.execute(found).mappings()]


def find_product(connection: Connection, shop_key: str, product_id: str) -> Product | None:
    found = select(products).where(_C.shop_key == shop_key, _C.product_id == product_id)
    row = connection.execute(found).mappings().first()
    return None if row is None else product_of(row)


def put_product(connection: Connection, shop_key: str, product: Product) -> None:
    """A new product, or new values of a known one. Carts hold no prices, so they follow."""
    values = asdict(product)
    known = find_product(connection, shop_key, product.product_id) is not None
    mine = (_C.shop_key == shop_key, _C.product_id == product.product_id)
    made = update(products).where(*mine) if known else insert(products)
    connection.execute(made.values(shop_key=shop_key, **values))


def product_of(row: RowMapping) -> Product:
    return Product(
        product_id=row[_C.product_id],
        name=row[_C.name],
        price=row[_C.price],
        sale_type=row[_C.sale_type],
        cycle_months=row[_C.cycle_months],
    )
