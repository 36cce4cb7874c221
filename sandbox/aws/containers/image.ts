// An image reference as far as a runtime chooses a program by it.

export type Image = { readonly name: string; readonly tag: string };

/** `815856636111.dkr.ecr.eu-west-1.amazonaws.com/wordpress:6.4` is wordpress, 6.4; the tag is `latest` where none is. */
export const readImage = (reference: string): Image => {
  const [plain = ''] = reference.split('@');
  const last = plain.slice(plain.lastIndexOf('/') + 1);
  const [name = '', tag = 'latest'] = last.split(':');
  return { name, tag };
};

export const isDatabaseClient = ({ name }: Image): boolean => name === 'mysql' || name === 'mariadb';

export const isWordPress = ({ name }: Image): boolean => name.startsWith('wordpress');
