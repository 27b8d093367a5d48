// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/docker/dockerclient.h"
#include "core/docker/enginecaller.h"
#include "core/docker/jsonlines.h"
#include "core/docker/logframes.h"

#include <QPointer>

namespace lifeguard {

/// A DockerStream over a request: waits until the version of the API is settled, then decodes what comes.
class EngineStream final : public DockerStream
{
    Q_OBJECT

public:
    enum class Content { Objects, Frames, Bytes };

    EngineStream(EngineCaller *caller, const EngineCall &call, Content content, QObject *parent);
    ~EngineStream() override;

private:
    void start(const EngineCall &call);
    void tellBegin();
    void read();
    void tellObjects(const QByteArray &bytes);
    void finish();
    void end(const Error &error);
    [[nodiscard]] bool isRefused() const;

    QPointer<EngineCaller> m_caller;
    QNetworkReply *m_reply = nullptr; ///< the network's child
    Content m_content;
    JsonLines m_objects;
    LogFrames m_frames;
    QByteArray m_refusal; ///< the body of an answer that says no
    Error m_error; ///< that came within the stream
    bool m_ended = false;
};

} // namespace lifeguard
