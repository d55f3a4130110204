<?php // Callbacks as people write them in PHP, after the platform's own sample: each under its name.

const TOKEN = 'SampleToken';
const KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const APP_ID = 'wx2c2769f8efd9abc2';
error_reporting(E_ALL);
ini_set('display_errors', '1');

function sign(string ...$parts): string {
    sort($parts, SORT_STRING);
    return sha1(implode($parts));
}

function isSigned(string $token = TOKEN): bool {
    return ($_GET['signature'] ?? '') === sign($token, $_GET['timestamp'] ?? '', $_GET['nonce'] ?? '');
}

function reply(SimpleXMLElement $message, string $content, string $time = ''): string {
    $template = '<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>'
        . '<CreateTime>%s</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>%s</Content></xml>';
    return sprintf($template, $message->FromUserName, $message->ToUserName, $time ?: time(), $content);
}

function cdata(string $text): string {
    return "<![CDATA[$text]]>";
}

/** The message, decrypted as the platform's sample does; nothing where it is no text. */
function received(bool $safe = false): ?SimpleXMLElement {
    $message = simplexml_load_string(file_get_contents('php://input'), 'SimpleXMLElement', LIBXML_NOCDATA);
    if ($safe) {
        if ($_GET['msg_signature'] !== sign(TOKEN, $_GET['timestamp'], $_GET['nonce'], (string) $message->Encrypt)) {
            http_response_code(403);
            exit;
        }
        $key = base64_decode(KEY . '=');
        $padded = openssl_decrypt((string) $message->Encrypt, 'AES-256-CBC', $key, OPENSSL_ZERO_PADDING, substr($key, 0, 16));
        $content = substr(substr($padded, 0, -ord(substr($padded, -1))), 16);
        $length = unpack('N', substr($content, 0, 4))[1];
        $message = simplexml_load_string(substr($content, 4, $length), 'SimpleXMLElement', LIBXML_NOCDATA);
    }
    return (string) $message->MsgType === 'text' && (string) $message->Content !== '' ? $message : null;
}

/** An encrypted reply, in which a thing or two can be made wrong. */
function sealed(string $xml, array $wrong = []): string {
    $key = base64_decode(($wrong['key'] ?? KEY) . '=');
    $length = ($wrong['length'] ?? false) ? mb_strlen($xml) : strlen($xml);
    $plain = random_bytes(16) . pack('N', $length) . $xml . ($wrong['app_id'] ?? APP_ID);
    $block = $wrong['block'] ?? 32;
    $pad = $block - strlen($plain) % $block;
    $plain .= str_repeat(chr($pad), $pad);
    $encrypted = openssl_encrypt($plain, 'AES-256-CBC', $key, OPENSSL_ZERO_PADDING, substr($key, 0, 16));
    $signature = sign(TOKEN, $time = (string) time(), $nonce = '1', $encrypted);
    $name = $wrong['name'] ?? 'MsgSignature';
    return "<xml><Encrypt><![CDATA[$encrypted]]></Encrypt><$name><![CDATA[$signature]]></$name>"
        . "<TimeStamp>$time</TimeStamp><Nonce><![CDATA[$nonce]]></Nonce></xml>";
}

/** A callback: how it checks, verifies the URL, and answers a text. */
function callback(?callable $check = null, ?callable $verify = null, ?callable $answer = null, bool $safe = false): void {
    if (!($check ?? 'isSigned')()) {
        http_response_code(403);
        exit('signature error');
    }
    if ($_SERVER['REQUEST_METHOD'] === 'GET') {
        ($verify ?? function ($echostr) { echo $echostr; })($_GET['echostr']);
        return;
    }
    $message = received($safe);
    if ($message === null) {
        exit('success');
    }
    ($answer ?? function ($message) { echo reply($message, cdata($message->Content)); })($message);
}

$answers = fn (callable $write, bool $safe = false) => callback(answer: $write, safe: $safe);
$seals = fn (array $wrong = []) => $answers(
    function ($message) use ($wrong) { echo sealed(reply($message, cdata("收到：$message->Content")), $wrong); }, true);
$verifies = fn (callable $write) => callback(verify: $write);
$checks = fn (callable $check) => callback(check: $check);
$token = fn (string $token) => callback(check: fn () => isSigned($token));

switch (basename(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH))) {
    // healthy
    case 'sample': callback(); break;
    case 'typed': header('Content-Type: text/plain; charset=utf-8'); callback(); break;
    case 'empty': $answers(function () {}); break;
    case 'declared': $answers(function ($m) { echo '<?xml version="1.0" encoding="UTF-8"?>', "\n", reply($m, cdata('好')); }); break;
    case 'safe': $seals(); break;
    case 'safe-success': $answers(function () { echo 'success'; }, true); break;
    case 'safe-block-16': $seals(['block' => 16]); break;
    case 'dies-on-forgery': isSigned() || die(''); callback(); break;
    // the check of the URL
    case 'bom': $verifies(function ($e) { echo "\u{feff}$e"; }); break;
    case 'closing-tag': $verifies(function ($e) { echo $e, "\n\n"; }); break;
    case 'warning': $verifies(function ($e) { echo $undefined, $e; }); break;
    case 'notice': $verifies(function ($e) { echo "Notice: session started. $e"; }); break;
    case 'layout': $verifies(function ($e) { echo "<html><body>$e</body></html>"; }); break;
    case 'fatal': $verifies(function ($e) { undefined_function($e); }); break;
    case 'returned': $verifies(function ($e) { return $e; }); break;
    case 'other-token': $token('WeChatToken'); break;
    case 'quoted-token': $token('"SampleToken"'); break;
    case 'token-with-cr': $token("SampleToken\r"); break;
    case 'token-with-blank': $token('SampleToken '); break;
    case 'token-with-bom': $token("\u{feff}SampleToken"); break;
    case 'token-in-lower-case': $token('sampletoken'); break;
    case 'upper-case': $checks(fn () => $_GET['signature'] === strtoupper(sign(TOKEN, $_GET['timestamp'], $_GET['nonce']))); break;
    case 'md5':
        $checks(function () {
            $parts = [TOKEN, $_GET['timestamp'], $_GET['nonce']];
            sort($parts, SORT_STRING);
            return $_GET['signature'] === md5(implode($parts));
        });
        break;
    case 'joined':
        $checks(function () {
            $parts = [TOKEN, $_GET['timestamp'], $_GET['nonce']];
            sort($parts, SORT_STRING);
            return $_GET['signature'] === sha1(implode(',', $parts));
        });
        break;
    case 'clock-behind': $checks(fn () => isSigned() && abs(time() - 8 * 3600 - $_GET['timestamp']) < 300); break;
    case 'expired': exit('请求已过期'); // whatever comes
    case 'login': header('Location: /admin/login.php'); break;
    case 'basic': header('WWW-Authenticate: Basic realm="staging"'); http_response_code(401); break;
    // a message
    case 'ampersand': $answers(function ($m) { echo reply($m, 'https://example.com/?a=1&b=2'); }); break;
    case 'gbk': $answers(function ($m) { echo iconv('UTF-8', 'GBK', reply($m, cdata('你好'))); }); break;
    case 'warning-in-reply': $answers(function ($m) { echo $undefined, reply($m, cdata('好')); }); break;
    case 'fatal-on-message': $answers(function ($m) { throw new Exception('no database'); }); break;
    case 'text-alone': $answers(function ($m) { echo '你好'; }); break;
    case 'tutorial-silent': isSigned(); break;
    case 'tutorial-other-token': if (isSigned('AnotherToken')) { echo $_GET['echostr']; } break;
    case 'bom-after-line': $verifies(function ($e) { echo "\n\xEF\xBB\xBF", $e; }); break;
    case 'other-root': $answers(function ($m) { echo str_replace('xml>', 'root>', reply($m, '好')); }); break;
    case 'lower-case':
        $answers(function ($m) { echo preg_replace_callback('/<\/?[A-Z]\w+>/', fn ($t) => strtolower($t[0]), reply($m, '好')); });
        break;
    case 'escaped': $answers(function ($m) { echo htmlspecialchars(reply($m, '好')); }); break;
    case 'misspelt':
        $answers(function ($m) { $m->FromUserName = $m->fromUserName; echo reply($m, '好'); });
        break;
    case 'length-in-characters':
        $answers(function ($m) { $xml = reply($m, '你好，欢迎'); header('Content-Length: ' . mb_strlen($xml)); echo $xml; });
        break;
    case 'success-newline': $answers(function () { echo "success\n"; }); break;
    case 'empty-content': $answers(function ($m) { echo reply($m, ''); }); break;
    case 'too-long': $answers(function ($m) { echo reply($m, cdata(str_repeat('长', 800))); }); break;
    case 'megabyte': $answers(function ($m) { echo reply($m, cdata(str_repeat('长', 400000))); }); break;
    case 'error-page': $answers(function () { echo '<html><head><title>Error</title></head><body>Oops</body></html>'; }); break;
    case 'get-only':
        if ($_SERVER['REQUEST_METHOD'] !== 'GET') { http_response_code(405); exit('Method Not Allowed'); }
        callback();
        break;
    // a message in safe mode
    case 'safe-length': $seals(['length' => true]); break;
    case 'safe-app-id': $seals(['app_id' => 'wx0000000000000000']); break;
    case 'safe-key': $seals(['key' => str_repeat('b', 43)]); break;
    case 'safe-misnamed': $seals(['name' => 'msg_signature']); break;
    case 'safe-plainly': $answers(function ($m) { echo reply($m, cdata($m->Content)); }, true); break;
    default: http_response_code(404); echo 'no such page';
}
