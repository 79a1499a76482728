{
  "targets": [
    {
      "target_name": "squeeze",
      "sources": ["native/squeeze.c"],
      "libraries": ["-lzstd"]
    }
  ]
}
