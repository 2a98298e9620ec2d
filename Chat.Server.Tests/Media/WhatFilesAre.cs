using Chat.Server.Features.Media;

namespace Chat.Server.Tests.Media;

/// <summary>Files are what their bytes say.</summary>
[TestFixture]
public sealed class WhatFilesAre
{
    [TestCase("89504E470D0A1A0A", "image", "image/png")]
    [TestCase("FFD8FFE000104A464946", "image", "image/jpeg")]
    [TestCase("474946383961", "image", "image/gif")]
    [TestCase("524946460000000057454250", "image", "image/webp")]
    [TestCase("000000186674797069736F6D", "video", "video/mp4")]
    [TestCase("1A45DFA39F4286810142F7810142F2810442F381084282847765626D", "video", "video/webm")]
    [TestCase("1A45DFA39F4286810142F7810142F2810442F381084282847765626D", "voice", "audio/webm")]
    [TestCase("000000186674797069736F6D", "voice", "audio/mp4")]
    [TestCase("00000018667479704D344120", "audio", "audio/mp4")]
    [TestCase("494433030000", "audio", "audio/mpeg")]
    [TestCase("FFFB9064", "audio", "audio/mpeg")]
    [TestCase("4F676753", "voice", "audio/ogg")]
    [TestCase("524946460000000057415645", "audio", "audio/wav")]
    [TestCase("255044462D312E37", "document", "application/pdf")]
    [TestCase("3C68746D6C3E", "document", "application/octet-stream")]
    [TestCase("89504E470D0A1A0A", "document", "application/octet-stream")]
    [TestCase("00", "document", "application/octet-stream")]
    public void Known_bytes(string hex, string type, string contentType) =>
        Assert.That(ContentSniffer.ContentType(type, Bytes(hex)), Is.EqualTo(contentType));

    [TestCase("3C68746D6C3E", "image", TestName = "A page that says it is a picture")]
    [TestCase("3C73766720", "image", TestName = "A picture that can run scripts")]
    [TestCase("89504E47", "image", TestName = "A picture that ends at once")]
    [TestCase("89504E470D0A1A0A", "video", TestName = "A picture that says it is a video")]
    [TestCase("000000186674797068656963", "video", TestName = "A picture in the container of videos")]
    [TestCase("0000001866747970", "video", TestName = "A container without a brand")]
    [TestCase("FFF15080", "audio", TestName = "Sound of another kind")]
    [TestCase("FFFFFFFF", "audio", TestName = "Ones")]
    [TestCase("1A45DFA3A34286", "video", TestName = "A container of another kind")]
    [TestCase("52494646", "audio", TestName = "A container that ends at once")]
    [TestCase("4D5A9000", "voice", TestName = "A program that says it is a voice message")]
    [TestCase("", "image", TestName = "Nothing")]
    public void Other_bytes_are_refused(string hex, string type) => Assert.That(ContentSniffer.ContentType(type, Bytes(hex)), Is.Null);

    [Test]
    public void A_thumbnail_is_a_still_picture() => Assert.Multiple(() =>
    {
        Assert.That(ContentSniffer.ThumbnailType(Samples.PngHead), Is.EqualTo("image/png"));
        Assert.That(ContentSniffer.ThumbnailType("GIF89a"u8), Is.Null);
        Assert.That(ContentSniffer.ThumbnailType("%PDF-"u8), Is.Null);
    });

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
