# Service directory
services-title = 便民服务
services-sub = 离线可用
services-search = 搜索名称、地址或号码
services-none = 没有找到 “{ $query }”。可以试试名称里的一个字，或者号码。
services-version = 目录第 { $version } 版，存在本机，有网络时自动更新。
services-there-none = 社区还没有发布目录。紧急电话一直都在。
services-no-version = 目录还没有下载到本机，连上网络后自动下载。紧急电话一直都在。
service-has-guide = 有指南
service-gone = 目录里已经没有这一项。
service-address = 地址
service-hours = 时间
service-bookings = 可预约
service-guide = 指南
service-updated = { $day }核对
call = 拨打
copy-number = 复制号码
call-copied = 号码已复制
call-not-copied = 没能复制，请照着号码拨打

# Health desk
health-desk = 健康服务一键通
health-request-title = 健康申报及诉求
health-request-desc = 转给本网格的家庭医生
health-here = 健康诉求
health-call = 一键拨打与指南
health-there-none = 社区还没有发布健康服务目录。
health-none = 健康服务目录还没有下载到本机，连上网络后自动下载。
health-requests = 我报的健康诉求
health-no-requests = 还没有报过健康诉求

# Notices
notices-title = 通知
notices-none = 现在没有通知
notices-unread = { $count } 条新通知
notice-unread = 未读
notice-urgent = 紧急
notice-until = { $from }至{ $until }
notice-gone = 这条通知已经过期或撤回。

# Appointments
reminder-settled = 今天有预约（已确认）
reminder-proposed = 今天有预约（待确认）
reminder-line = { $time } { $kind }
reminder-open = 查看
reminder-seen = 知道了
