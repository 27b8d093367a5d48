# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes pictures, videos and links in the Markdown cells of CLM."""
import base64
import binascii
import os
import re

# Both end at the next beginning, so that the time does not grow with the square of the length.
MEDIUM = re.compile(r"""(?P<begin><(?P<tag>img|video)\b(?:(?!<(?:img|video)\b)[^>])*?\ssrc=)(?P<quote>["'])(?P<path>[^"'>]+)(?P=quote)""")
LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\(clm:(?P<reference>[^\[)\s]+)\)")
MIME_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
FOLDER = "img/"
LARGEST_PICTURE = 64 * 1024 * 1024  # bytes


class Media:
    """The pictures, videos and links of a job."""

    def __init__(self, job):
        self.prefix = text(job.get("img_path_prefix"), FOLDER)
        self.svg_stems = set(job.get("svg_available_stems") or ())
        self.embeds = bool(job.get("inline_images"))
        self.references = job.get("cross_references") or {}
        self.others = job.get("other_files") or {}
        self.folders = topic_folders(job)
        self.sources = []  # the files that were read, or would have been if they existed
        self.missing = []  # the pictures that were to be embedded and were not found

    def change(self, source, embeds_allowed):
        """Returns the text of a cell with its pictures, videos and links changed."""
        source = MEDIUM.sub(lambda match: self.medium(match, embeds_allowed), source)
        return LINK.sub(self.link, source)

    def medium(self, match, embeds_allowed):
        path = self.with_svg(match["path"])
        if self.embeds and embeds_allowed and match["tag"] == "img" and match["quote"] == '"':
            path = self.data_url(path) or path
        if path.startswith(FOLDER):
            path = self.prefix + path[len(FOLDER):]
        return match["begin"] + match["quote"] + path + match["quote"]

    def with_svg(self, path):
        stem, suffix = os.path.splitext(path)
        is_available = path.startswith(FOLDER) and suffix == ".png" and os.path.basename(stem) in self.svg_stems
        return stem + ".svg" if is_available else path

    def data_url(self, path):
        """Returns the picture as a data URL, or an empty string if it is not among the files of the topic."""
        mime_type = MIME_TYPES.get(os.path.splitext(path)[1].lower())
        if not mime_type or ":" in path.split("/")[0]:
            return ""
        content = self.picture(path)
        if content is None:
            if path not in self.missing:
                self.missing.append(path)
            return ""
        return "data:%s;base64,%s" % (mime_type, base64.b64encode(content).decode())

    def picture(self, path):
        names = [path] + (["img-generated/" + path[len(FOLDER):]] if path.startswith(FOLDER) else [])
        for folder in self.folders:
            for name in names:
                content = self.read_below(folder, name)
                if content is not None:
                    return content
        try:
            return base64.b64decode(self.others[path], validate=True)
        except (KeyError, TypeError, binascii.Error, ValueError):
            return None

    def read_below(self, folder, name):
        """Returns the content of a file, or None if it does not exist or lies outside the folder."""
        path = os.path.join(folder, name)
        if "\0" in name or not is_below(os.path.normpath(path), folder):
            return None
        self.sources.append(path)  # not the file to which a link leads: the link may change
        file = os.path.realpath(path)
        if not is_below(file, folder):
            return None
        try:
            if not os.path.isfile(file) or os.path.getsize(file) > LARGEST_PICTURE:
                return None
            with open(file, "rb") as opened:
                return opened.read()
        except OSError:
            return None

    def link(self, match):
        href = self.references.get(match["reference"])
        if href is None:
            return match[0]
        return "[%s](%s)" % (match["text"], href) if href else match["text"]


def topic_folders(job):
    """Returns the folders from which pictures can be embedded.

    These are the folder of the input, and source_topic_dir of the payload if it lies in that folder, in the workspace, or in a
    folder that the pool allows: a job must not show files from elsewhere.
    """
    input_folder = os.path.realpath(job["folder"]) if job.get("folder") else ""
    topic = text(job.get("source_topic_dir"), "")
    folders = [input_folder] if input_folder else []
    if os.path.isabs(topic) and "\0" not in topic:
        topic = os.path.realpath(topic)
        others = [job.get("workspace"), *(job.get("allow_files") or ())]
        allowed = [input_folder, *(os.path.realpath(folder) for folder in others if folder)]
        if any(is_below(topic, folder) for folder in allowed if folder) and topic not in folders:
            folders.insert(0, topic)
    return [folder for folder in folders if os.path.isdir(folder)]


def is_below(path, folder):
    return os.path.commonpath([folder, path]) == folder


def text(value, default):
    return value if isinstance(value, str) else default
