sorted() { sort --unique "$@"; }
