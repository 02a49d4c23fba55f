"""The environment variables of `tools.variables` that are not options: names, what they mean in English and in Japanese.

A name is that of one variable, or of several that are read for one thing, separated by commas.
"""

Texts = dict[str, tuple[str, str]]

OWN: Texts = {
    "RECONCILER_ACTOR": (
        "Name of the person or job in the history. Default: what the CI job says, or the login name.",
        "履歴に記録する実行者の名前です。省略時は、CI のジョブを開始した人、ログイン名の順に使います。",
    ),
    "RECONCILER_BACKEND_SECRET": (
        "Secret of the client at the backend, unless `backend.client_secret` names another reference.",
        "バックエンドのクライアントの秘密情報です。`backend.client_secret` で別の参照を指定できます。",
    ),
    "RECONCILER_DEBUG": (
        "1: show a traceback for an internal error.",
        "1 を設定すると、内部エラーの詳細を表示します。",
    ),
    "RECONCILER_EMBEDDED_DATABASE": (
        "Database of `python -m reconciler.embedded`.",
        "`python -m reconciler.embedded` が使うデータベースです。",
    ),
    "RECONCILER_FORGE_TOKEN": (
        "Token of the commands `ci` at the forge. Default: GITHUB_TOKEN or CI_JOB_TOKEN.",
        "`ci` コマンドがフォージで使うトークンです。省略時は GITHUB_TOKEN または CI_JOB_TOKEN を使います。",
    ),
    "RECONCILER_PLAN_KEY": (
        "Key that seals saved plans and digests secrets. Default: the file .reconciler/plan.key.",
        "保存した計画の封印と秘密情報のダイジェストに使う鍵です。省略時は .reconciler/plan.key です。",
    ),
    "_RECONCILER_COMPLETE": (
        "Set by the shell while it completes a command line.",
        "コマンドラインの補完中にシェルが設定します。",
    ),
}

TERMINAL: Texts = {
    "COLUMNS": ("Width of text on a terminal.", "端末に表示するテキストの幅です。"),
    "FORCE_COLOR": ("Colours also without a terminal.", "端末でなくても色を付けます。"),
    "LC_ALL, LC_MESSAGES, LANG, LANGUAGE": (
        "Language of messages, unless --lang or RECONCILER_LANG is given.",
        "メッセージの言語です。--lang または RECONCILER_LANG の指定が優先されます。",
    ),
    "LESS": (
        "Options of the pager `less`. Default: FRX, as in Git.",
        "ページャー `less` のオプションです。省略時は Git と同じ FRX です。",
    ),
    "NO_COLOR": ("No colours.", "色を付けません。"),
    "PAGER": (
        "The pager for a result longer than the screen. Empty or cat: none.",
        "画面より長い結果に使用するページャーです。空または cat のときは使用しません。",
    ),
    "TERM": ("dumb: no colours and no pager.", "dumb のとき、色を付けず、ページャーも使用しません。"),
}

CI: Texts = {
    "CI": (
        "true or 1: warn if the store is lost when the job ends.",
        "true または 1 のとき、ジョブの終了時に失われる保存先を警告します。",
    ),
    "GITHUB_ACTIONS, GITLAB_CI": ("true: which forge the job belongs to.", "true のとき、ジョブのフォージを示します。"),
    "GITHUB_TOKEN, CI_JOB_TOKEN": (
        "Token of the job, unless RECONCILER_FORGE_TOKEN is set.",
        "ジョブのトークンです。RECONCILER_FORGE_TOKEN の指定が優先されます。",
    ),
    "GITHUB_API_URL, GITHUB_SERVER_URL, CI_API_V4_URL": ("Addresses of the forge.", "フォージのアドレスです。"),
    "GITHUB_REPOSITORY, CI_PROJECT_ID, CI_PROJECT_PATH": ("The repository.", "リポジトリです。"),
    "GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, CI_PIPELINE_SOURCE": (
        "Why the job runs: a pull request, a push, a schedule.",
        "ジョブが実行された理由 (プルリクエスト、プッシュ、スケジュール) です。",
    ),
    "GITHUB_SHA, GITHUB_REF_NAME, GITHUB_REF_TYPE, CI_COMMIT_SHA, CI_COMMIT_BRANCH, CI_DEFAULT_BRANCH": (
        "The commit and its branch.",
        "コミットとブランチです。",
    ),
    "CI_MERGE_REQUEST_IID, CI_MERGE_REQUEST_EVENT_TYPE, CI_MERGE_REQUEST_SOURCE_PROJECT_ID, CI_MERGE_REQUEST_PROJECT_ID, "
    "CI_MERGE_REQUEST_PROJECT_PATH, CI_MERGE_REQUEST_PROJECT_URL, CI_MERGE_REQUEST_DIFF_BASE_SHA, "
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA, CI_MERGE_REQUEST_TARGET_BRANCH_SHA, CI_MERGE_REQUEST_TARGET_BRANCH_NAME": (
        "The merge request at GitLab.",
        "GitLab のマージリクエストです。",
    ),
    "GITHUB_RUN_ID, CI_PIPELINE_ID, CI_JOB_URL": (
        "The run, for links to it.",
        "実行の識別子です。リンクに使います。",
    ),
    "GITHUB_OUTPUT, GITHUB_STEP_SUMMARY": (
        "Files to which the outputs of a step and its summary are appended.",
        "ステップの出力と概要を追記するファイルです。",
    ),
    "GITHUB_ACTOR, GITLAB_USER_LOGIN, BUILDKITE_BUILD_AUTHOR": (
        "Who started the job, unless RECONCILER_ACTOR is set.",
        "ジョブを開始した人です。RECONCILER_ACTOR の指定が優先されます。",
    ),
}

SERVICES: Texts = {
    "VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE, VAULT_CACERT": (
        "The Vault of `ref+vault`. Default of the token: the file `.vault-token` in HOME.",
        "`ref+vault` の Vault です。トークンの省略時は、HOME のファイル `.vault-token` を使います。",
    ),
    "HOME": ("Folder of `.vault-token`.", "`.vault-token` のあるフォルダーです。"),
    "AWS_REGION, AWS_DEFAULT_REGION": (
        "Region of `ref+awssecrets`. Credentials come from the places that the AWS command line uses.",
        "`ref+awssecrets` のリージョンです。認証情報は AWS のコマンドラインと同じ場所から取得します。",
    ),
    "AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL": (
        "Another address of AWS Secrets Manager.",
        "AWS Secrets Manager の別のアドレスです。",
    ),
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": (
        "Another address of Google Secret Manager.",
        "Google Secret Manager の別のアドレスです。",
    ),
    "CREDENTIALS_DIRECTORY": (
        "Folder of `ref+credential`; systemd sets it.",
        "`ref+credential` のフォルダーです。systemd が設定します。",
    ),
    "OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": (
        "Collector to which traces are sent. Not set: no traces.",
        "トレースの送信先のコレクターです。設定しない場合、トレースを送信しません。",
    ),
    "OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER": (
        "true, or none: no traces.",
        "true または none のとき、トレースを送信しません。",
    ),
    "PGPASSWORD": (
        "Password of a PostgreSQL store; its driver reads the other variables of libpq too.",
        "PostgreSQL の保存先のパスワードです。libpq のほかの環境変数もドライバーが読み取ります。",
    ),
}
