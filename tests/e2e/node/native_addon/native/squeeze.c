/* How small zstd makes a buffer. */
#include <node_api.h>
#include <stdlib.h>
#include <zstd.h>

static napi_value squeeze(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value argument, result;
  void *data = NULL;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_buffer_info(env, argument, &data, &length);
  size_t bound = ZSTD_compressBound(length);
  void *out = malloc(bound);
  size_t size = ZSTD_compress(out, bound, data, length, 3);
  free(out);
  napi_create_int64(env, ZSTD_isError(size) ? -1 : (int64_t)size, &result);
  return result;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "squeeze", NAPI_AUTO_LENGTH, squeeze, NULL, &function);
  napi_set_named_property(env, exports, "squeeze", function);
  return exports;
}

NAPI_MODULE(NODE_GYP_MODULE_NAME, init)
