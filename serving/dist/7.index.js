export const id = 7;
export const ids = [7];
export const modules = {

/***/ 452:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   s3Sink: () => (/* binding */ s3Sink)
/* harmony export */ });
/* harmony import */ var _environment_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(202);

/** Give up a write after this: its rows stay in memory and go with the next one. */
const requestTimeout = 20_000;
/**
 * Writes every file as one object. Credentials, region and endpoint are the environment's (AWS_REGION, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, web identity …);
 * with an endpoint of one's own, buckets are in the path. The SDK is loaded with the first file: a service that logs elsewhere never pays for it.
 */
function s3Sink({ bucket, prefix }, environment) {
    let opened;
    return {
        write: async (day, name, chunks) => {
            const parts = [];
            for await (const chunk of chunks)
                parts.push(Buffer.from(chunk));
            opened ??= openBucket(bucket, environment);
            const put = await opened;
            await put([prefix, day, name].filter(Boolean).join('/'), Buffer.concat(parts));
        },
    };
}
async function openBucket(bucket, environment) {
    const { PutObjectCommand, S3Client: Client } = await __webpack_require__.e(/* import() */ 11).then(__webpack_require__.t.bind(__webpack_require__, 489, 19));
    const endpoint = (0,_environment_js__WEBPACK_IMPORTED_MODULE_0__/* .setting */ .Pe)(environment, 'AWS_ENDPOINT_URL_S3') ?? (0,_environment_js__WEBPACK_IMPORTED_MODULE_0__/* .setting */ .Pe)(environment, 'AWS_ENDPOINT_URL');
    const region = (0,_environment_js__WEBPACK_IMPORTED_MODULE_0__/* .setting */ .Pe)(environment, 'AWS_REGION') ?? (0,_environment_js__WEBPACK_IMPORTED_MODULE_0__/* .setting */ .Pe)(environment, 'AWS_DEFAULT_REGION');
    const client = new Client({
        ...(region && { region }),
        ...(endpoint && { endpoint, forcePathStyle: true, region: region ?? 'us-east-1' }),
        maxAttempts: 3,
        customUserAgent: 'taxiway-serving',
        requestHandler: { connectionTimeout: 5000, requestTimeout, throwOnRequestTimeout: true },
    });
    return async (key, body) => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/x-ndjson' }));
    };
}


/***/ })

};
