"""The words of the tables in Chinese, for docs/performance.zh-CN.md; what is not here is the same in both languages."""

from bench import goals

CHINESE = {
    "function": "函数",
    "init": "初始化",
    "of empty": "空函数的倍数",
    "first answer": "首次应答",
    "warm": "热调用中位数",
    "warm p99": "热调用 p99",
    "peak": "内存峰值",
    "zipped": "压缩包",
    "empty handler": "空函数",
    "wechat-lambda, plain mode": "wechat-lambda，明文模式",
    "wechat-lambda, safe mode": "wechat-lambda，安全模式",
    "bare handler that reads SSM": "只读取 SSM 的空函数",
    "wechat-lambda, account in SSM, de-duplicating table": "wechat-lambda，账号在 SSM，启用去重表",
    "wechatpy in a bare handler": "wechatpy，裸函数",
    "wechatpy in Flask": "wechatpy，Flask",
    "WeRoBot in Flask": "WeRoBot，Flask",
    "the original article's Flask view": "原文的 Flask 视图",
    "library": "库",
    "plain mode": "明文模式",
    "safe mode": "安全模式",
    "of wechatpy": "wechatpy 的倍数",
    "goal": "目标",
    "at most": "上限",
    "measured": "实测",
    "met": "达到",
    "missed": "未达到",
    "why": "原因",
    "by chance: it is met in other runs": "偶然：在其他运行中已达到",
    "init, of the empty handler's": "初始化，相对空函数",
    "init, of the leanest peer's": "初始化，相对最轻的同类",
    "init with SSM and a table, of a bare SSM reader's": "启用 SSM 与去重表的初始化，相对只读取 SSM 的函数",
    "warm median, of the empty handler's": "热调用中位数，相对空函数",
    "peak memory in plain mode, MiB": "明文模式内存峰值，MiB",
    "peak memory in safe mode, MiB": "安全模式内存峰值，MiB",
    "one message in plain mode, of wechatpy's": "明文模式单条消息，相对 wechatpy",
    "one message in safe mode, of wechatpy's": "安全模式单条消息，相对 wechatpy",
    "zipped, MB": "压缩包，MB",
    "package": "包",
    "the standard library": "标准库",
    goals.LEAN_PEER: (
        "两者都包含运行时自身的启动，它占我们的一大半。"
        "其余大部分是 Powertools 的 Logger 与 Metrics：同类不写日志，也不计数。"
    ),
    goals.WARM: (
        "空函数什么也不做，因此留给校验、解析、生成回复、一行 JSON 日志和一组指标的时间不到一毫秒。"
        "增加的时间有一半以上是日志和指标。"
    ),
    goals.SAFE_MEMORY: "cryptography 的动态库占压缩包的大半，加载时会触及一部分；明文模式不加载它。",
    goals.CHECKS: (
        "一半时间用于读取 XML：清除粉丝夹带的内容，并保留所有元素。"
        "此外检查请求的时间、大小与参数，并用恒定时间比较签名。"
    ),
    "functions at a time": "并发函数",
    "seconds": "秒数",
    "requests": "请求",
    "requests per second": "每秒请求",
    "wrong answers and errors": "错误应答与错误",
    "memory after a fifth of the time": "五分之一时间后的内存",
    "memory at the end": "结束时的内存",
    "slope of the memory": "内存斜率",
    "under load": "负载",
}
