using System;
using System.Linq;
using Guest.Core.Randomness;

namespace Guest.Core.Tests.Randomness;

/// <summary>The vectors of RFC 8439.</summary>
public class ChaCha20Tests
{
    private static readonly byte[] s_countedKey = [.. Enumerable.Range(0, ChaCha20.KeySize).Select(i => (byte)i)];

    [Fact]
    public void Quarter_round_is_that_of_2_2_1()
    {
        uint[] state =
        [
            0x879531e0, 0xc5ecf37d, 0x516461b1, 0xc9a62f8a, 0x44c20ef3, 0x3390af7f, 0xd9fc690b, 0x2a5f714c,
            0x53372767, 0xb00a5631, 0x974c541a, 0x359e9963, 0x5c971061, 0x3d631689, 0x2098d9d6, 0x91dbd320,
        ];
        ChaCha20.QuarterRound(ref state[0], 2, 7, 8, 13);
        Assert.Equal(
            [
                0x879531e0, 0xc5ecf37d, 0xbdb886dc, 0xc9a62f8a, 0x44c20ef3, 0x3390af7f, 0xd9fc690b, 0xcfacafd2,
                0xe46bea80, 0xb00a5631, 0x974c541a, 0x359e9963, 0x5c971061, 0xccc07c79, 0x2098d9d6, 0x91dbd320,
            ],
            state);
    }

    [Fact]
    public void Block_is_that_of_2_3_2() =>
        Assert.Equal(
            "10F1E7E4D13B5915500FDD1FA32071C4C7D1F4C733C068030422AA9AC3D46C4ED2826446079FAA0914C2D705D98B02A2B5129CD1DE164EB9CBD083E8A2503C4E",
            Block(s_countedKey, 1, "000000090000004A00000000"));

    [Theory]
    [InlineData(0, 0, 0, 0, "76B8E0ADA0F13D90405D6AE55386BD28BDD219B8A08DED1AA836EFCC8B770DC7DA41597C5157488D7724E03FB8D84A376A43B8F41518A11CC387B669B2EE6586")]
    [InlineData(0, 0, 1, 0, "9F07E7BE5551387A98BA977C732D080DCB0F29A048E3656912C6533E32EE7AED29B721769CE64E43D57133B074D839D531ED1F28510AFB45ACE10A1F4B794D6F")]
    [InlineData(31, 1, 1, 0, "3AEB5224ECF849929B9D828DB1CED4DD832025E8018B8160B82284F3C949AA5A8ECA00BBB4A73BDAD192B5C42F73F2FD4E273644C8B36125A64ADDEB006C13A0")]
    [InlineData(1, 0xff, 2, 0, "72D54DFBF12EC44B362692DF94137F328FEA8DA73990265EC1BBBEA1AE9AF0CA13B25AA26CB4A648CB9B9D1BE65B2C0924A66C54D545EC1B7374F4872E99F096")]
    [InlineData(0, 0, 0, 2, "C2C64D378CD536374AE204B9EF933FCD1A8B2288B3DFA49672AB765B54EE27C78A970E0E955C14F3A88E741B97C286F75F8FC299E8148362FA198A39531BED6D")]
    public void Blocks_are_those_of_appendix_A_1(int keyByte, byte keyValue, uint counter, byte lastOfNonce, string expected)
    {
        byte[] key = new byte[ChaCha20.KeySize];
        key[keyByte] = keyValue;
        Assert.Equal(expected, Block(key, counter, "0000000000000000000000" + lastOfNonce.ToString("X2", null)));
    }

    private static string Block(byte[] key, uint counter, string nonce)
    {
        byte[] block = new byte[ChaCha20.BlockSize];
        ChaCha20.Block(key, counter, Convert.FromHexString(nonce), block);
        return Convert.ToHexString(block);
    }
}
