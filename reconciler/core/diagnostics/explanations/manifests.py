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
        msg("Folder {folder} does not exist", folder="shops"),
        msg("Run the command in the right folder, set `manifests` in reconciler.yaml, or start with `reconciler init`"),
    ),
    codes.UNREADABLE: Explanation(
        msg("Permission denied"), msg("Check that it exists and that you may read it (`ls -l`)")
    ),
    codes.NOT_UTF8: Explanation(
        msg("The file starts with a byte order mark (BOM)"), msg("Save the file as UTF-8 without a byte order mark")
    ),
    codes.TOO_LARGE: Explanation(
        msg("The file is larger than {limit} KiB and was not read", limit=256),
        msg("Move the file out of the manifest folder, or split it into one file per shop"),
    ),
    codes.TOO_DEEP: Explanation(
        msg("The file is nested deeper than {limit} levels", limit=32),
        msg("Compare the file with the example in the documentation"),
    ),
    codes.OUTSIDE: Explanation(
        msg("The link points outside the manifest folder"), msg("Put the file here instead of the link")
    ),
    codes.WRONG_NAME: Explanation(
        msg("The file is named {name}, but its shop is {shop}", name="`kyoto.yaml`", shop="`kyoto-tea`"),
        msg("Rename the file to {shop}.yaml, or fix `shop`", shop="kyoto-tea"),
    ),
    codes.TWO_FILES: Explanation(
        msg("Shop {shop} is also declared in {others}", shop="`kyoto-tea`", others="shops/old/kyoto-tea.yaml"),
        msg("Delete one of the files"),
    ),
    codes.MISPLACED: Explanation(
        msg(
            "This file is not read: shared values belong in {name} in the manifest folder itself", name="_defaults.yaml"
        ),
        msg("Rename it to {name}", name="_defaults.yaml"),
    ),
    codes.EMPTY: Explanation(
        msg("The file contains only comments and blank lines"),
        msg("Create the first one: `apiVersion: reconciler/v1` and `shop:` with the key that is the file's name"),
    ),
    codes.NOT_YAML: Explanation(
        msg("The line is not valid YAML: {problem}", problem="could not find expected ':'"),
        msg("Check this line and the one above it: a colon, a quote or an indentation is wrong"),
    ),
    codes.NOT_A_MAPPING: Explanation(
        msg("The file contains {kind}", kind=msg("a list")),
        msg("Create the first one: `apiVersion: reconciler/v1` and `shop:` with the key that is the file's name"),
    ),
    codes.DUPLICATE_KEY: Explanation(
        msg("Duplicate key {key}; it is already on line {line}", key="`shop`", line=2),
        msg("Delete one of the two lines"),
    ),
    codes.ALIAS: Explanation(
        msg("An anchor (`&name`) is used"),
        msg("Write the value itself; put values that shops share into a file in _groups"),
    ),
    codes.TAG: Explanation(
        msg("The value has a tag"),
        msg("Delete the word that starts with `!`; put a text that starts with it in quotes"),
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
    codes.MANY_DOCUMENTS: Explanation(msg("A second document starts here"), msg("Use one file per shop")),
    codes.TAB: Explanation(msg("The line is indented with a tab"), msg("Indent with spaces")),
    codes.UNKNOWN_KEY: Explanation(
        msg("Unknown key {key} in `{above}`", above="amazon", key="`enabld`"),
        msg("Fix its spelling or delete the line; `reconciler schema shop` lists all keys"),
    ),
    codes.WRONG_TYPE: Explanation(
        msg("`{place}` is {found}", place="amazon.enabled", found=msg("the text {value}", value="`on`")),
        msg("Write a value of the expected type; put a number that is meant as text in quotes"),
    ),
    codes.UNKNOWN_VALUE: Explanation(
        msg("`{place}` is {value}", place="storefront.status", value="`opened`"),
        msg("Write one of the values in the message"),
    ),
    codes.MISSING_KEY: Explanation(
        msg("`{place}` is missing", place="shop"), msg("Add the line `{line}`", line="shop: kyoto-tea")
    ),
    codes.WRONG_FORM: Explanation(
        msg("`{place}` starts and ends at {time}", place="maintenance.window", time="01:00"),
        msg("Write the value as the message describes; copy it again if it comes from another screen"),
    ),
    codes.INVISIBLE_CHARACTER: Explanation(
        msg(
            "`{place}` contains the invisible character {number}",
            place="amazon.messages.order_area.label",
            number="U+3164 HANGUL FILLER",
        ),
        msg("Delete the character, unless it is intended"),
    ),
    codes.BRAND_SPELLING: Explanation(
        msg("`{place}` spells the brand as `{found}`", place="amazon.messages.order_area.label", found="AmazonPay"),
        msg("Spell the brand as Amazon's guidelines do: one space, two capital letters"),
    ),
    codes.DECLARED_DERIVED: Explanation(
        msg(
            "`{place}` cannot be declared: {label} follows {followed}",
            place="payment.amazon_pay.use",
            label=field_name("Amazon Pay in the payment list"),
            followed=field_name("Use Amazon"),
        ),
        msg("Delete the line; `{declared}` determines it", declared="amazon.enabled"),
    ),
    codes.DECLARED_ISSUED: Explanation(
        msg(
            "`{place}` cannot be declared: the platform issues {label}, which is read-only ({screen})",
            place="amazon.merchant_site_url",
            label=field_name("IPN endpoint URL"),
            screen="設定>連携サービス>Amazon設定",
        ),
        msg("Delete the line; `reconciler show` shows the platform's value"),
    ),
    codes.PLAINTEXT_TOKEN: Explanation(
        msg("`{place}` contains a text that may be the secret itself", place="amazon.api.mws_auth_token"),
        msg(
            "Keep the secret outside of Git and write {reference} here; renew a secret that was committed",
            reference="ref+env://KYOTO_TEA_MWS_AUTH_TOKEN",
        ),
    ),
    codes.EMPTY_VALUE: Explanation(
        msg("`{place}` has no value, and there is no inherited value to unset", place="amazon.enabled"),
        msg("Write a value or delete the line; a key that is not mentioned is not managed"),
    ),
    codes.UNKNOWN_GROUP: Explanation(
        msg("Unknown group {group}", group="`standard`"),
        msg("Use another group, or create the file {file}", file="_groups/standard.yaml"),
    ),
    codes.GROUP_CYCLE: Explanation(
        msg("The groups inherit from each other in a cycle: {way}", way="a -> b -> a"),
        msg("Delete `group` in one of these files"),
    ),
    codes.NOT_SHARED: Explanation(
        msg("`{place}` is specific to one shop but is in a file that many shops share", place="amazon.api.seller_id"),
        msg("Move the line to the shop's file, or to a group for the shops of one merchant"),
    ),
    codes.CONTROL_CHARACTER: Explanation(
        msg(
            "`{place}` contains the control character {number}, which is not displayed",
            place="amazon.messages.order_area.label",
            number="U+202E",
        ),
        msg("Delete the character (it is invisible)"),
    ),
    codes.INVALID: Explanation(
        msg("`{place}` is {found}", place="pace.in_flight", found=msg("the number {value}", value="`0`")),
        msg("Write a value within the limits in the message"),
    ),
    codes.NOT_DECLARABLE: Explanation(
        msg(
            "{label} is not managed: {why}",
            label=field_name("Notification email", "amazon.notification.email"),
            why=msg("it has an invalid format"),
        ),
        msg("Fix it in the admin screen ({screen}) and import the shop again", screen="設定>連携サービス>Amazon設定"),
    ),
    codes.COLUMN: Explanation(
        msg("Column {column} is not imported: unknown column", column="備考"),
        msg("`{command}` lists the supported columns", command="reconciler import --mapping"),
    ),
    codes.NOT_A_TABLE: Explanation(
        msg("No column of the header contains the shop key"),
        msg(
            "Add the column name; {understood}",
            understood=msg("`{command}` lists the supported columns", command="reconciler import --mapping"),
        ),
    ),
    codes.ROW_TWICE: Explanation(
        msg("Shop `{shop}` is already on line {others}", shop="kyoto-tea", others="12"),
        msg("Delete all but one of the rows"),
    ),
    codes.FORMULA: Explanation(
        msg("{column} starts with {sign}, like a formula", column="備考", sign="'='"),
        msg("Check the source of the cell and write the value itself"),
    ),
    codes.SHORT_ROW: Explanation(
        msg("The row ends after {cells} of {columns} cells", cells=3, columns=5),
        msg("Add the missing cells; leave empty cells empty"),
    ),
    codes.ROW: Explanation(
        msg("Unknown word {word} in {column}", column="利用設定", word="たぶん"),
        msg("Write one of the words in the message"),
    ),
}
