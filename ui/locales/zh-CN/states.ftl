# Marks
state-draft = 草稿
state-draft-departed = 只能查看
state-draft-unreadable = 读不出
state-queued = 待上传
state-confirmed = 已确认
state-refused = 未被接受
state-held = 待社区核对
state-set-aside = 暂放一边
state-conflict = 待核对
due-overdue = 逾期 { $days } 天
due-today = 今天到期
due-in = { $days } 天后到期
due-rested = { $date } 再访
due-not-scheduled = 未排期

# The sync chip
chip-loading = 正在下载 { $here }/{ $all }
chip-syncing = 正在同步
chip-offline = 离线
chip-offline-unsent = 离线·{ $count } 条待同步
chip-unsent = { $count } 条待同步
chip-refused = { $count } 条未被接受
chip-verified = 与服务器一致
chip-verified-lead = 已同步
chip-online = 已连接
chip-revoked = 使用权已停用
chip-stranger = 服务器不认识本机
chip-unknown = 尚未连接

# What a state means for the one who wrote it
explain-queued = 已存在本机，有网络后自动上传。
explain-refused = 服务器没有接受：{ $reason } 原文还在本机。
explain-held = 服务器已收到，社区正在核对：{ $reason }
explain-set-aside = 暂时没能上传：{ $reason } 原文还在本机。

# Why a record was not accepted or is kept aside
refused-too-large = 内容太长，超过一次能上传的大小。请缩短后重新提交。
refused-malformed = 上传的内容在途中损坏，请联系社区。
refused-foreign-actor = 这条记录是另一台手机写的，请在那台手机上上传。
refused-foreign-author = 这条记录署的是另一个人的名字，请联系社区。
refused-sequence-gap = 前面还有一条没有送到，会自动补传。
refused-sequence-reused = 这台手机的编号与从前的备份重复，应用会换新编号再传。
refused-unknown-dependency = 它所依据的记录还没有送到，会自动补传。
refused-unappliable = 服务器无法把这条改动并入原记录，请联系社区。
refused-rule-broken = 有一项不符合要求，请修改后重新提交。
refused-not-allowed = 您现在没有这项权限，这一户可能已划给别人。请联系社区转交。
refused-wrong-kind = 服务器上同一编号是另一种记录，请联系社区。
refused-right-ended = 写下时有权限，送到时已经结束，由社区决定。
refused-newer-format = 由更新版本的应用写下，服务器先保管，升级后由社区收下。
refused-rejected = 社区核对后未采纳。
refused-ledger-damaged = 服务器的数据有损坏，已单独保管，社区修复后收下。
refused-other = 服务器说明了一个本版本不认识的原因，请更新应用或联系社区。

# How a sync ended
sync-result-done = 全部完成，与服务器核对一致。
sync-result-partial = 传了一部分，剩下的接着传。
sync-result-unreachable = 连不上服务器，记录都在本机，稍后自动再试。
sync-result-broken = 中途断线，已收到的保留，其余稍后自动再试。
sync-result-busy = 服务器正忙，稍后自动再试。
sync-result-server-failed = 服务器出错，记录都在本机，稍后自动再试。
sync-result-untrusted = 服务器证书不可信，没有传任何内容，请联系社区。
sync-result-revoked = 这台手机的使用权已停用，请联系社区。
sync-result-stranger = 服务器不认识这台手机，可能正在恢复数据。记录都在本机，稍后自动再试；一直这样请联系社区重新绑定，不要清除应用数据。
sync-result-storage-full = 手机空间不足，没能收下新内容。请清理空间，已写的都还在。

# Names of fields
field-contact-name = 联系人
field-house-status = 房屋状态
field-visit-class = 走访类别
field-needs = 需求
field-note = 备注
field-place-compound = 小区
field-place-building = 楼栋
field-place-unit = 单元
field-place-room = 房号
field-grid = 所属网格
field-building = 所属楼栋
field-first-due = 首次走访日期
field-members-name = 姓名
field-members-relation = 与户主关系
field-members-residence = 居住状态
field-members-id-no = 身份证号
field-members-sex = 性别
field-members-birth-month = 出生年月
field-members-population-type = 人口类别
field-members-work-or-school = 工作单位或学校
field-members-health-note = 健康备注
field-members-remark = 备注
field-title = 标题
field-text = 情况说明
field-address-text = 地点
field-category = 类别
field-name = 姓名
field-tel = 电话号码
field-tels = 电话号码
field-id-no = 身份证号
field-outcome = 走访结果
field-follow-up = 答应办的事
field-handled-text = 解决情况
field-booking-place = 预约地点
field-answers = 询问内容
field-other = 其他项
