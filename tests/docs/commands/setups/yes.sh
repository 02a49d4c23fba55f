# yes: the reader answers `yes` when a command asks for approval.
export RECONCILER_AUTO_APPROVE=true
