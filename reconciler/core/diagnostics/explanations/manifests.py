"""Of the codes that a manifest or its folder can bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation, field_name
from reconciler.core.diagnostics.messages import msg

MANIFESTS: Final[Mapping[Code, Explanation]] = {
    codes.NO_MANIFESTS: Explanation(
        msg("There is no folder {folder}", folder="shops"),
        msg("Start in the right folder, or set `manifests` in reconciler.yaml"),
    ),
    codes.UNREADABLE: Explanation(
        msg("This user may not read it"), msg("Look whether it exists and who may read it (`ls -l`)")
    ),
    codes.NOT_UTF8: Explanation(
        msg("The file starts with a byte order mark (BOM)"), msg("Save the file as UTF-8 without a byte order mark")
    ),
    codes.TOO_LARGE: Explanation(
        msg("The file is larger than {limit} KiB and was not read", limit=256),
        msg("Move the file out of the folder of manifests, or split it into one file a shop"),
    ),
    codes.TOO_DEEP: Explanation(
        msg("The file is nested deeper than {limit} levels", limit=32),
        msg("Compare the file with the example in the documentation"),
    ),
    codes.OUTSIDE: Explanation(
        msg("The link leads out of the folder of manifests"), msg("Put the file here in place of the link")
    ),
    codes.WRONG_NAME: Explanation(
        msg("The file is named {name}, and its shop is {shop}", name="`kyoto.yaml`", shop="`kyoto-tea`"),
        msg("Rename the file to {shop}.yaml, or mend `shop`", shop="kyoto-tea"),
    ),
    codes.TWO_FILES: Explanation(
        msg("The shop {shop} is declared in {others} as well", shop="`kyoto-tea`", others="shops/old/kyoto-tea.yaml"),
        msg("Delete one of the files"),
    ),
    codes.MISPLACED: Explanation(
        msg("This is not read: shared values lie in {name}, in the folder of manifests itself", name="_defaults.yaml"),
        msg("Rename it to {name}", name="_defaults.yaml"),
    ),
    codes.EMPTY: Explanation(
        msg("The file holds nothing but comments and blank lines"),
        msg("Write the first one: `apiVersion: reconciler/v1` and `shop:`, the key that is the file's name"),
    ),
    codes.NOT_YAML: Explanation(
        msg("The line cannot be read as YAML: {problem}", problem="could not find expected ':'"),
        msg("Look at the line that is named, and the one above it: a colon, a quote or an indentation is wrong there"),
    ),
    codes.NOT_A_MAPPING: Explanation(
        msg("The file holds {kind}", kind=msg("a list")),
        msg("Write the first one: `apiVersion: reconciler/v1` and `shop:`, the key that is the file's name"),
    ),
    codes.DUPLICATE_KEY: Explanation(
        msg("The key {key} stands here again; it stands on line {line} already", key="`shop`", line=2),
        msg("Delete one of the two lines"),
    ),
    codes.ALIAS: Explanation(
        msg("An anchor names a value for use on other lines"),
        msg("Write the value out; put what shops share into a file in _groups"),
    ),
    codes.TAG: Explanation(
        msg("A tag stands before the value"),
        msg("Delete the word that starts with `!`; a text that starts with it wants quotes"),
    ),
    codes.AMBIGUOUS: Explanation(
        msg(
            "{text} is {older} to YAML 1.1 and {newer} to YAML 1.2",
            text="`yes`",
            older="`true`",
            newer=msg("the text {value}", value="`yes`"),
        ),
        msg("Write `true` or `false`, or put the text in quotes"),
    ),
    codes.MANY_DOCUMENTS: Explanation(msg("A second document starts here"), msg("Give each shop a file of its own")),
    codes.TAB: Explanation(msg("The line is indented with a tab"), msg("Indent with spaces")),
    codes.UNKNOWN_KEY: Explanation(
        msg("`{above}` has no key {key}", above="amazon", key="`enabld`"),
        msg("Mend its spelling, or delete the line; `reconciler schema shop` names all keys"),
    ),
    codes.WRONG_TYPE: Explanation(
        msg("`{place}` is {found}", place="amazon.enabled", found=msg("the text {value}", value="`on`")),
        msg("Write a value of the type that is expected; a number that is meant as text wants quotes"),
    ),
    codes.UNKNOWN_VALUE: Explanation(
        msg("`{place}` is {value}", place="storefront.status", value="`opened`"),
        msg("Write one of the values that the message names"),
    ),
    codes.MISSING_KEY: Explanation(
        msg("`{place}` is missing", place="shop"), msg("Add the line `{line}`", line="shop: kyoto-tea")
    ),
    codes.WRONG_FORM: Explanation(
        msg("`{place}` starts and ends at {time}", place="maintenance.window", time="01:00"),
        msg("Write the value as the message describes it; copy it again where it comes from another screen"),
    ),
    codes.INVISIBLE_CHARACTER: Explanation(
        msg(
            "`{place}` holds the character {number}, which nobody sees",
            place="amazon.messages.order_area.label",
            number="U+3164 HANGUL FILLER",
        ),
        msg("Delete the character, unless it is meant to be there"),
    ),
    codes.BRAND_SPELLING: Explanation(
        msg("`{place}` writes `{found}`", place="amazon.messages.order_area.label", found="AmazonPay"),
        msg("Write the brand as Amazon's guidelines do, with one space and two capital letters"),
    ),
    codes.DECLARED_DERIVED: Explanation(
        msg(
            "`{place}` cannot be declared: {label} follows {followed} by itself",
            place="payment.amazon_pay.use",
            label=field_name("Amazon Pay in the payment list"),
            followed=field_name("Use Amazon"),
        ),
        msg("Delete the line; `{declared}` decides it", declared="amazon.enabled"),
    ),
    codes.DECLARED_ISSUED: Explanation(
        msg(
            "`{place}` cannot be declared: {label} is issued by the platform and only shown ({screen})",
            place="amazon.merchant_site_url",
            label=field_name("IPN endpoint URL"),
            screen="設定>連携サービス>Amazon設定",
        ),
        msg("Delete the line; `reconciler show` tells what the platform has"),
    ),
    codes.PLAINTEXT_TOKEN: Explanation(
        msg("`{place}` holds a text that may be the secret itself", place="amazon.api.mws_auth_token"),
        msg(
            "Keep the secret outside of Git and write {reference} here; a secret that was committed has to be renewed",
            reference="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        ),
    ),
    codes.EMPTY_VALUE: Explanation(
        msg(
            "`{place}` has no value, and nothing is inherited that it could take out of management",
            place="amazon.enabled",
        ),
        msg("Write a value, or delete the line: what is not mentioned is not managed"),
    ),
    codes.UNKNOWN_GROUP: Explanation(
        msg("There is no group {group}", group="`standard`"),
        msg("Name another group, or write the file {file}", file="_groups/standard.yaml"),
    ),
    codes.GROUP_CYCLE: Explanation(
        msg("The groups lie under each other in a circle: {way}", way="a -> b -> a"),
        msg("Delete `group` in one of these files"),
    ),
    codes.NOT_SHARED: Explanation(
        msg("`{place}` is one shop's own and stands in a file that many shops share", place="amazon.api.seller_id"),
        msg("Move the line to the shop's file, or to a group of the shops of one merchant"),
    ),
    codes.CONTROL_CHARACTER: Explanation(
        msg(
            "`{place}` holds the character {number}, which steers the screen and is not seen",
            place="amazon.messages.order_area.label",
            number="U+202E",
        ),
        msg("Delete the character (it is invisible)"),
    ),
    codes.INVALID: Explanation(
        msg("`{place}` is {found}", place="pace.in_flight", found=msg("the number {value}", value="`0`")),
        msg("Write a value within the limits that the message names"),
    ),
    codes.NOT_DECLARABLE: Explanation(
        msg(
            "{label} is left unmanaged: {why}",
            label=field_name("Notification email", "amazon.notification.email"),
            why=msg("it is not of the expected form"),
        ),
        msg("Mend it in the admin screen ({screen}) and import the shop again", screen="設定>連携サービス>Amazon設定"),
    ),
    codes.COLUMN: Explanation(
        msg("The column {column} is not taken over: it is not known", column="備考"),
        msg("`{command}` shows the columns that are understood", command="reconciler import --mapping"),
    ),
    codes.NOT_A_TABLE: Explanation(
        msg("No column of the first line names the shop"),
        msg(
            "Write its name there; {understood}",
            understood=msg("`{command}` shows the columns that are understood", command="reconciler import --mapping"),
        ),
    ),
    codes.ROW_TWICE: Explanation(
        msg("The shop {shop} stands on line {others} as well", shop="kyoto-tea", others="12"),
        msg("Delete all but one of the rows"),
    ),
    codes.FORMULA: Explanation(
        msg("{column} begins with {sign}, as a formula does", column="備考", sign="'='"),
        msg("Look where the cell comes from, and write the value itself"),
    ),
    codes.SHORT_ROW: Explanation(
        msg("The row ends after {cells} of {columns} cells", cells=3, columns=5),
        msg("Write the cells that are missing, with nothing in those that are empty"),
    ),
    codes.ROW: Explanation(
        msg("{column} says {word}, which is not understood", column="利用設定", word="たぶん"),
        msg("Write one of the words that the message names"),
    ),
}
