using System.Security.Cryptography;

using LiveStream.Webhooks.Signing;

namespace LiveStream.Webhooks.Tests.Signing;

public sealed class SigningTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    // The example of the specification's reference libraries.
    [Fact]
    public void Sign_SampleOfTheSpecification_HasItsSignature()
    {
        var key = new SigningKey(1, SignatureKind.Hmac, Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), null);
        var signature = StandardWebhooks.Sign([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""u8, s_now);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
        Assert.Equal("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", key.ToText());
    }

    [Fact]
    public void Sign_WhileASecretIsReplaced_BothSignUntilTheOldOneExpires()
    {
        SigningKey[] keys = [new(2, SignatureKind.Hmac, new byte[32], null), new(1, SignatureKind.Hmac, SigningKey.NewSecret(), s_now.AddHours(1))];
        Assert.Equal(2, StandardWebhooks.Sign(keys, "m", "1", "{}"u8, s_now).Split(' ').Length);
        Assert.Single(StandardWebhooks.Sign(keys, "m", "1", "{}"u8, s_now.AddHours(1)).Split(' '));
    }

    [Fact]
    public void Sign_Ed25519_IsVerifiedByThePublicKey()
    {
        var key = new SigningKey(1, SignatureKind.Ed25519, SigningKey.NewSecret(), null);
        var text = StandardWebhooks.Sign([key], "m", "1", "{}"u8, s_now);
        Assert.StartsWith("v1a,", text, StringComparison.Ordinal);
        var publicKey = Convert.FromBase64String(key.ToText()["whpk_".Length..]);
        Assert.True(Ed25519.Verify(publicKey, "m.1.{}"u8, Convert.FromBase64String(text[4..])));
        Assert.False(Ed25519.Verify(publicKey, "m.2.{}"u8, Convert.FromBase64String(text[4..])));
    }

    // RFC 8032 §7.1, TEST 1 to 3.
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_VectorsOfTheRfc_AreMade(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Convert.ToHexStringLower(Ed25519.PublicKeyOf(Convert.FromHexString(seed))));
        Assert.Equal(signature, Convert.ToHexStringLower(Ed25519.Sign(Convert.FromHexString(seed), Convert.FromHexString(message))));
        Assert.True(Ed25519.Verify(Convert.FromHexString(publicKey), Convert.FromHexString(message), Convert.FromHexString(signature)));
    }

    [Fact]
    public void Ed25519_KeysOfAnotherLength_AreNoKeys()
    {
        Assert.Throws<CryptographicException>(() => Ed25519.Sign(new byte[31], "x"u8));
        Assert.False(Ed25519.Verify(new byte[31], "x"u8, new byte[64]));
        Assert.False(Ed25519.Verify(new byte[32], "x"u8, new byte[63]));
    }
}
