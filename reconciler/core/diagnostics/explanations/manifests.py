"""Of the codes that a manifest or its folder can bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import say

_LABEL: Final = "利用設定"

OF_MANIFESTS: Final[Mapping[Code, Explanation]] = {
    codes.NO_MANIFESTS: Explanation(
        say("There is no folder {folder}", folder="shops"),
        say("Start in the right folder, or set `manifests` in reconciler.yaml"),
    ),
    codes.UNREADABLE: Explanation(
        say("This user may not read it"), say("Look whether it exists and who may read it (`ls -l`)")
    ),
    codes.NOT_UTF8: Explanation(
        say("The file starts with a byte order mark (BOM)"), say("Save the file as UTF-8 without a byte order mark")
    ),
    codes.TOO_LARGE: Explanation(
        say("The file is larger than {limit} KiB and was not read", limit=256),
        say("Move the file out of the folder of manifests, or split it into one file a shop"),
    ),
    codes.TOO_DEEP: Explanation(
        say("The file is nested deeper than {limit} levels", limit=32),
        say("Compare the file with the example in the documentation"),
    ),
    codes.OUTSIDE: Explanation(
        say("The link leads out of the folder of manifests"), say("Put the file here in place of the link")
    ),
    codes.WRONG_NAME: Explanation(
        say("The file is named {name}, and its shop is {shop}", name="`kyoto.yaml`", shop="`kyoto-tea`"),
        say("Rename the file to {shop}.yaml, or mend `shop`", shop="kyoto-tea"),
    ),
    codes.TWO_FILES: Explanation(
        say("The shop {shop} is declared in {others} as well", shop="`kyoto-tea`", others="shops/old/kyoto-tea.yaml"),
        say("Delete one of the files"),
    ),
    codes.MISPLACED: Explanation(
        say("This is not read: shared values lie in {name}, in the folder of manifests itself", name="_defaults.yaml"),
        say("Rename it to {name}", name="_defaults.yaml"),
    ),
    codes.EMPTY: Explanation(
        say("The file holds nothing but comments and blank lines"),
        say("Write the first one: `apiVersion: reconciler/v1` and `shop:`, the key that is the file's name"),
    ),
    codes.NOT_YAML: Explanation(
        say("The line cannot be read as YAML: {problem}", problem="could not find expected ':'"),
        say("Look at the line that is named, and the one above it: a colon, a quote or an indentation is wrong there"),
    ),
    codes.NOT_A_MAPPING: Explanation(
        say("The file holds {kind}", kind=say("a list")),
        say("Write the first one: `apiVersion: reconciler/v1` and `shop:`, the key that is the file's name"),
    ),
    codes.DUPLICATE_KEY: Explanation(
        say("The key {key} stands here again; it stands on line {line} already", key="`shop`", line=2),
        say("Delete one of the two lines"),
    ),
    codes.ALIAS: Explanation(
        say("An anchor names a value for use on other lines"),
        say("Write the value out; put what shops share into a file in _groups"),
    ),
    codes.TAG: Explanation(
        say("A tag stands before the value"),
        say("Delete the word that starts with `!`; a text that starts with it wants quotes"),
    ),
    codes.AMBIGUOUS: Explanation(
        say(
            "{text} is {older} to YAML 1.1 and {newer} to YAML 1.2",
            text="`yes`",
            older="`true`",
            newer=say("the text {value}", value="`yes`"),
        ),
        say("Write `true` or `false`, or put the text in quotes"),
    ),
    codes.MANY_DOCUMENTS: Explanation(say("A second document starts here"), say("Give each shop a file of its own")),
    codes.TAB: Explanation(say("The line is indented with a tab"), say("Indent with spaces")),
    codes.UNKNOWN_KEY: Explanation(
        say("`{above}` has no key {key}", above="amazon", key="`enabld`"),
        say("Mend its spelling, or delete the line; `reconciler schema shop` names all keys"),
    ),
    codes.WRONG_TYPE: Explanation(
        say("`{place}` is {found}", place="amazon.enabled", found=say("the text {value}", value="`on`")),
        say("Write a value of the type that is expected; a number that is meant as text wants quotes"),
    ),
    codes.UNKNOWN_VALUE: Explanation(
        say("`{place}` is {value}", place="storefront.status", value="`opened`"),
        say("Write one of the values that the message names"),
    ),
    codes.MISSING_KEY: Explanation(
        say("`{place}` is missing", place="shop"), say("Add the line `{line}`", line="shop: kyoto-tea")
    ),
    codes.WRONG_FORM: Explanation(
        say("`{place}` starts and ends at {time}", place="maintenance.window", time="01:00"),
        say("Write the value as the message describes it; copy it again where it comes from another screen"),
    ),
    codes.DECLARED_DERIVED: Explanation(
        say(
            "`{place}` cannot be declared: {label} follows {followed} by itself",
            place="payment.amazon_pay.use",
            label=_LABEL,
            followed=_LABEL,
        ),
        say("Delete the line; `{declared}` decides it", declared="amazon.enabled"),
    ),
    codes.DECLARED_ISSUED: Explanation(
        say(
            "`{place}` cannot be declared: {label} is issued by the platform and only shown ({screen})",
            place="amazon.merchant_site_url",
            label="販売事業者様サイトURL",
            screen="設定>連携サービス>Amazon設定",
        ),
        say("Delete the line; `reconciler show` tells what the platform has"),
    ),
    codes.PLAINTEXT_TOKEN: Explanation(
        say("`{place}` holds a text that may be the secret itself", place="amazon.api.mws_auth_token"),
        say(
            "Keep the secret outside of Git and write {reference} here; a secret that was committed has to be renewed",
            reference="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        ),
    ),
    codes.EMPTY_VALUE: Explanation(
        say(
            "`{place}` has no value, and nothing is inherited that it could take out of management",
            place="amazon.enabled",
        ),
        say("Write a value, or delete the line: what is not mentioned is not managed"),
    ),
    codes.UNKNOWN_GROUP: Explanation(
        say("There is no group {group}", group="`standard`"),
        say("Name another group, or write the file {file}", file="_groups/standard.yaml"),
    ),
    codes.GROUP_CYCLE: Explanation(
        say("The groups lie under each other in a circle: {way}", way="a -> b -> a"),
        say("Delete `group` in one of these files"),
    ),
    codes.NOT_SHARED: Explanation(
        say("`{place}` is one shop's own and stands in a file that many shops share", place="amazon.api.seller_id"),
        say("Move the line to the shop's file, or to a group of the shops of one merchant"),
    ),
    codes.CONTROL_CHARACTER: Explanation(
        say(
            "`{place}` holds the character {number}, which steers the screen and is not seen",
            place="amazon.messages.order_area.label",
            number="U+202E",
        ),
        say("Delete the character (it is invisible)"),
    ),
    codes.INVALID: Explanation(
        say("`{place}` is {found}", place="pace.in_flight", found=say("the number {value}", value="`0`")),
        say("Write a value within the limits that the message names"),
    ),
    codes.NOT_DECLARABLE: Explanation(
        say(
            "{label} is left unmanaged: {why}", label="通知先メールアドレス", why=say("it is not of the expected form")
        ),
        say("Mend it in the admin screen ({screen}) and import the shop again", screen="設定>連携サービス>Amazon設定"),
    ),
    codes.COLUMN: Explanation(
        say("The column {column} is not taken over: it is not known", column="備考"),
        say("`{command}` shows the columns that are understood", command="reconciler import --mapping"),
    ),
    codes.NOT_A_TABLE: Explanation(
        say("No column of the first line names the shop"),
        say(
            "Write its name there; {understood}",
            understood=say("`{command}` shows the columns that are understood", command="reconciler import --mapping"),
        ),
    ),
    codes.ROW_TWICE: Explanation(
        say("The shop {shop} stands on line {others} as well", shop="kyoto-tea", others="12"),
        say("Delete all but one of the rows"),
    ),
    codes.FORMULA: Explanation(
        say("{column} begins with {sign}, as a formula does", column="備考", sign="'='"),
        say("Look where the cell comes from, and write the value itself"),
    ),
    codes.ROW: Explanation(
        say("{column} says {word}, which is not understood", column="利用設定", word="たぶん"),
        say("Write one of the words that the message names"),
    ),
}
